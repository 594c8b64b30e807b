"""What every way of asking weighs alike: who the member is, what was used before, what a chart and forms prove."""
