"""A second opinion: HAPI's Java validator beside ours, over the same resources and the same published packages."""
