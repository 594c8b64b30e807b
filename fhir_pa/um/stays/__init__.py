"""Care that goes on: admission, reviews on a schedule, the plan for discharge, and what falls due."""
