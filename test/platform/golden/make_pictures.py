"""Pictures of kinds that decoders differ about, made by Pillow, and what Pillow itself reads from them.

/usr/bin/python3 test/platform/golden/make_pictures.py, with Debian's python3-pil and python3-numpy.
"""
import json
import os

import numpy
from PIL import Image

os.chdir(os.path.dirname(os.path.abspath(__file__)))
COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (128, 64, 200), (10, 20, 30), (200, 180, 20)]
squares = numpy.array(COLOURS, numpy.uint8).reshape(2, 4, 3).repeat(8, 0).repeat(8, 1)
picture = Image.fromarray(squares)
grey = picture.convert("L")
turned = Image.Exif()
turned[0x112] = 6
fine = {"quality": 98, "subsampling": 0}

# Half of what all three inks share is printed in black, so that black counts.
inks = numpy.array(picture.convert("CMYK"))
inks[..., 3] = inks[..., :3].min(2) // 2
inks[..., :3] -= inks[..., 3:]
Image.fromarray(inks, "CMYK").save("cmyk.jpg", **fine)
Image.fromarray(inks, "CMYK").save("cmyk.tif")
picture.save("turned.webp", lossless=True, exif=turned.tobytes())
picture.save("turned.jpg", exif=turned.tobytes(), **fine)
picture.save("photo.jfif", format="JPEG", **fine)
picture.save("colours.ppm")
grey.save("grey.pgm")
picture.save("colours.tif", compression="tiff_lzw")
Image.fromarray(numpy.array(grey, numpy.float32) / 255, "F").save("float.tif")
grey.point(lambda value: 255 * (value > 127), "1").save("bits.bmp")
grey.quantize(8).save("palette.bmp")

# 16 bits a channel, with a comment in the header.
deep = (squares.astype("u2") * 4).astype(">u2")
with open("deep.ppm", "wb") as file:
    file.write(b"P6\n# 0 to 1020\n32 16\n1020\n" + deep.tobytes())


def pixels(name):
    image = Image.open(name)
    orientation = image.getexif().get(0x112)
    image = image.convert("RGB")
    if orientation == 6:
        image = image.transpose(Image.ROTATE_270)
    return {"size": image.size, "pixels": numpy.array(image)[4::8, 4::8].reshape(-1, 3).tolist()}


names = sorted(name for name in os.listdir(".") if name.split(".")[1] not in ("py", "json") and "float" not in name)
expected = {name: pixels(name) for name in names if name != "deep.ppm"}
expected["deep.ppm"] = expected["colours.ppm"]
with open("pictures.json", "w") as file:
    file.write("{\n" + ",\n".join(f'  "{name}": {json.dumps(expected[name])}' for name in names) + "\n}\n")
