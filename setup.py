"""What pyproject.toml cannot say: three folders at the top of the clone travel inside the package, so that a wheel is whole."""

from setuptools import find_packages, setup

FOLDERS = {f"talking_head.{name}": name for name in ("web", "weights", "avatars")}
DATA = ["py.typed", *(f"**/*.{end}" for end in ("safetensors", "npz", "otf", "LICENSE", "js", "jsonl", "toml", "txt"))]

setup(
    packages=[*find_packages(include=["talking_head", "talking_head.*"]), *FOLDERS],
    package_dir=FOLDERS,
    package_data={"talking_head": DATA, **{name: ["**/*"] for name in FOLDERS}},
)
