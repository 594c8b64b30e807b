"""Profile tables compiled to Python closures: the rooms behind ``ig_profiles.validator``."""
