"""Files that people bring, read in one place: pictures, videos and recordings, upright, in standard colours, at one level.

Every reader takes ``tell``, which is called with one sentence for each thing that was changed, so that whoever brought the file
learns of it. What cannot be read is refused with a sentence that says what would work.
"""
