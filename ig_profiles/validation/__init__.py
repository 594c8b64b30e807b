"""Profile tables compiled to Python closures: the rooms behind ``ig_profiles.validator``.

A table becomes a ``tree`` of elements; a ``site`` is an element beside the base element that it constrains. From a site the
``compiler`` makes a check of one value (``values``): its form (``primitives``, ``matching``, ``bindings``) or its parts
(``objects`` by their ``keys``, ``lists``, ``slicing`` told by ``discriminators``, ``extensions`` in their ``contexts``, ``references``, and whole
``resources``), then its rules (``invariants`` from FHIRPath, ``natives`` in Python). ``wholes`` holds what a profile does not
state: Bundles, contained resources, narrative. A ``run`` carries what was found; ``messages`` has every sentence.
"""
