from flask_wtf.file import FileField

from .credentials import PhotoForm


class PortraitForm(PhotoForm):
    photo = FileField(
        "Picture of you", description="JPEG, PNG or WebP, up to 10 MB. We cut it square and make it small"
    )
