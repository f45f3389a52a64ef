"""What a value should have been, in our words: pydantic's are for programmers."""

from __future__ import annotations

from typing import Any


def wanted(problem: Any) -> str:
    """What would do instead of what pydantic refused with ``problem`` (of ``ValidationError.errors()``): half a sentence."""
    about = problem.get("ctx", {})
    match problem["type"]:
        case "greater_than_equal":
            return f"it is at least {about['ge']}"
        case "less_than":
            return f"it is less than {about['lt']}"
        case "less_than_equal":
            return f"it is at most {about['le']}"
        case "greater_than":
            return f"it is more than {about['gt']}"
        case "multiple_of":
            return f"it is a multiple of {about['multiple_of']}"
        case "literal_error":
            return f"it is one of {about['expected']}"
        case "string_too_long" | "too_long":
            return f"it has at most {about['max_length']} {'characters' if problem['type'].startswith('string') else 'entries'}"
        case "int_parsing" | "int_type" | "int_from_float" | "float_parsing" | "float_type" | "finite_number":
            return "it is a number"
        case "bool_parsing" | "bool_type":
            return "it is true or false"
        case "string_type":
            return "it is a text"
        case "string_too_short" | "too_short":
            return "it is not empty"
        case "list_type" | "tuple_type":
            return 'it is a list, such as ["one", "another"]'
        case "value_error":
            return str(about["error"])
        case "missing":
            return "it is missing"
    return "it is not what it should be"
