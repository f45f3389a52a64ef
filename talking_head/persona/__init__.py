"""Who a presenter is: name, manner and rules of its folder's ``persona.md``."""
