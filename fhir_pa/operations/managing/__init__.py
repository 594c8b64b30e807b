"""Utilization management beside reviews: looking back, money asked back, case management, populations."""
