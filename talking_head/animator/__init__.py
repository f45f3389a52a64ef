"""The face animators. OpenCV keeps to the calling thread: its pool would take the other cores for steps too short to share."""

import cv2

cv2.setNumThreads(1)
