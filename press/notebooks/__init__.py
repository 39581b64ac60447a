"""What a stored notebook is: its form, its rules, how it is compared, how it is made anew."""
