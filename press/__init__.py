"""What contributors run, and what the tests share with it."""
