"""What a change of a page comes to: compared, judged, put into words."""
