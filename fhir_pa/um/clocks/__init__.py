"""Time as law and plan count it: calendars, time limits by line of business, and the clock of one case."""
