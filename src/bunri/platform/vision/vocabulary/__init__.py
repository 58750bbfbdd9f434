"""Image–text models that name what a picture shows by sentences of ours.

``cards`` says which there are and where they come from, ``fetching`` brings them, ``model`` runs them, and ``rows``
compares a picture with sentences that were embedded once. They are fetched where there is a network, and never needed:
docs/models.md, "Open vocabulary".
"""
