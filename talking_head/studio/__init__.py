"""The studio: of a photo or a video a presenter is made, with the consent of who is shown; the page, HTTP and CLI share it."""
