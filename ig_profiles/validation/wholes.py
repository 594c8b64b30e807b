"""What is checked once for a resource as a whole, by the type it is or derives from."""

from __future__ import annotations

from ig_profiles.validation.bundles import bundle_rules
from ig_profiles.validation.contained import domain_rules
from ig_profiles.validation.primitives import Check

WHOLE: dict[str, Check] = {"Bundle": bundle_rules, "DomainResource": domain_rules}
