"""The heart: authorizations, determinations, reviews and clocks, as frozen values that know no wire, disk or clock."""
