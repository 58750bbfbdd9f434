"""Learning in the field: photos that people of this installation confirmed, compared with a new one by its features.

``bank`` finds the nearest of them and bounds what one person can say, ``calibration`` finds on the confirmed photos
themselves how far that is to be believed, ``validation`` holds it to pictures from elsewhere. All of it is pure, and
needs NumPy: only who looks at photos imports it. ``fusion.field`` says what an answer makes of it.
"""
