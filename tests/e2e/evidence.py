#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Evidence over real HTTP, with photos that another program made: what is refused, what is kept, what is served to
whom, and how an upload goes on after its connection was cut."""
import hashlib
import http.client
import io
import json
import os
import re
import random
import socket
import struct
import sys
import urllib.parse
import zlib

from PIL import Image, ImageDraw

import kit
from kit import Client, Platform, Refused, case, finish, until

CAMERA = "MakerNoteOfTest"


def scene(width, height, seed=1):
    """Coloured shapes: enough structure for a perceptual hash."""
    dice = random.Random(seed)
    image = Image.new("RGB", (width, height), "#88a0c0")
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y, r = dice.randrange(width), dice.randrange(height), dice.randrange(4, max(5, width // 6))
        draw.ellipse([x - r, y - r, x + r, y + r], fill=tuple(dice.randrange(256) for _ in range(3)))
    return image


def photo(width=1600, height=1200, seed=1, orientation=1, form="JPEG"):
    """As a phone writes it: EXIF with maker, time, place and orientation, and bytes behind the end."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, CAMERA
    exif[0x8769] = {0x9003: "2026:05:08 16:59:30", 0x9011: "+08:00"}
    exif[0x8825] = {1: "N", 2: (39.0, 59.0, 15.25), 3: "E", 4: (116.0, 18.0, 30.0)}
    out = io.BytesIO()
    scene(width, height, seed).save(out, form, quality=88, exif=exif, **({"comment": b"secret"} if form == "JPEG" else {}))
    return out.getvalue()


def saved(image, form, **more):
    out = io.BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def with_exif(tiff):
    """A small JPEG whose EXIF is these bytes."""
    plain = saved(scene(64, 48), "JPEG")
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff + plain[2:]


def gps(order, below=1):
    """A TIFF of one byte order with a place; below: the denominator of the minutes."""
    at, data = 26, 26 + 2 + 4 * 12 + 4
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(order + "IHHHIII", 8, 1, 0x8825, 4, 1, at, 0)
    entries = b"".join(struct.pack(order + "HHI", tag, kind, n) + value for tag, kind, n, value in (
        (1, 2, 2, b"N\0\0\0"), (2, 5, 3, struct.pack(order + "I", data)), (3, 2, 2, b"E\0\0\0"),
        (4, 5, 3, struct.pack(order + "I", data + 24))))
    numbers = struct.pack(order + "12I", 39, 1, 59, below, 15, 1, 116, 1, 18, 1, 30, 1)
    return head + struct.pack(order + "H", 4) + entries + struct.pack(order + "I", 0) + numbers


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width, height, rows):
    """A PNG whose header promises width x height and whose data is `rows` zero bytes."""
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(bytes(rows), 9)) + chunk(b"IEND", b""))


def sha(data):
    return hashlib.sha256(data).hexdigest()


class Evidence:
    def __init__(self, platform):
        self.p = platform
        for login, role in (("field1", "b_field"), ("field2", "b_field"), ("pm", "b_pm"), ("a_sup", "a_supervisor")):
            platform.user(login, role)
        platform.start()
        self.field, self.other, self.pm, self.sup = (platform.client(n) for n in ("field1", "field2", "pm", "a_sup"))
        self.jpeg = photo(orientation=6)

    def put(self, data, name="photo.jpg", who=None, **headers):
        status, body = (who or self.field).raw("PUT", "/api/v1/file?name=" + urllib.parse.quote(name), data, headers)
        return status, json.loads(body)

    def fetch(self, who, path, **headers):
        """Status, headers and bytes."""
        link = http.client.HTTPConnection("127.0.0.1", who.port, timeout=60)
        link.request("GET", "/api/v1" + path, headers={"Cookie": who.cookie, **headers})
        answer = link.getresponse()
        data = answer.read()
        link.close()
        return answer.status, dict(answer.getheaders()), data

    def refused(self, data, words, status=400, name="photo.jpg"):
        got, body = self.put(data, name)
        assert got == status and words in body["error"]["message"], (got, body)

    # --- cases ---

    def a_photo_is_understood(self):
        status, file = self.put(self.jpeg, "楼道 枪机.jpg")
        assert status == 201, file
        self.file = file
        assert (file["width"], file["height"]) == (1200, 1600), file  # upright
        assert file["sha256"] == sha(self.jpeg) and file["name"] == "楼道 枪机.jpg", file
        assert file["taken_at"] == 1778230770000, file  # 16:59:30 in Beijing
        assert abs(file["place"]["latitude"] - 39.98757) < 1e-4 and abs(file["place"]["longitude"] - 116.30833) < 1e-4
        assert len(file["phash"]) == 16 and file["by"] and file["uploaded_at"] > 0, file

    def what_is_served_has_no_metadata_and_the_original_is_untouched(self):
        status, head, data = self.fetch(self.field, f"/file/{self.file['id']}")
        assert status == 200 and head["Content-Type"] == "image/jpeg", head
        assert head["X-Content-Type-Options"] == "nosniff" and "sandbox" in head["Content-Security-Policy"], head
        name = "filename*=UTF-8''%E6%A5%BC%E9%81%93%20%E6%9E%AA%E6%9C%BA.jpg"
        assert head["Content-Disposition"].startswith("inline;") and name in head["Content-Disposition"], head
        assert CAMERA.encode() not in data and b"2026:05:08" not in data and b"secret" not in data
        served, sent = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(self.jpeg))
        assert dict(served.getexif()) == {0x0112: 6}, dict(served.getexif())  # only how to hold it
        assert served.tobytes() == sent.tobytes()  # not one pixel was coded anew
        status, _, stored = self.fetch(self.sup, f"/file/{self.file['id']}/original")
        assert status == 200 and stored == self.jpeg
        assert self.fetch(self.field, f"/file/{self.file['id']}/original")[0] == 403

    def thumbnails_are_small_and_upright(self):
        for size in (320, 1280):
            status, head, data = self.fetch(self.field, f"/file/{self.file['id']}/thumb?size={size}")
            image = Image.open(io.BytesIO(data))
            assert status == 200 and image.size == (size * 3 // 4, size) and not image.getexif(), (head, image.size)
        assert self.fetch(self.field, f"/file/{self.file['id']}/thumb?size=7")[0] == 400

    def other_formats_too(self):
        for form, kind in (("PNG", "image/png"), ("WEBP", "image/webp")):
            data = photo(900, 600, form=form)
            status, file = self.put(data, "a." + form.lower())
            assert status == 201 and file["type"] == kind and file["width"] == 900, file
            assert file["taken_at"] == 1778230770000, file
            _, _, served = self.fetch(self.field, f"/file/{file['id']}")
            assert CAMERA.encode() in data and CAMERA.encode() not in served
            assert Image.open(io.BytesIO(served)).convert("RGB").tobytes() == \
                Image.open(io.BytesIO(data)).convert("RGB").tobytes()

    def near_duplicates_have_near_hashes(self):
        again = io.BytesIO()
        scene(1600, 1200).resize((800, 600)).save(again, "JPEG", quality=60)
        hashes = [int(self.put(d)[1]["phash"], 16) for d in (photo(), again.getvalue(), photo(seed=9))]
        near, far = bin(hashes[0] ^ hashes[1]).count("1"), bin(hashes[0] ^ hashes[2]).count("1")
        assert near <= 8 < 16 <= far, (near, far)

    def what_is_no_whole_picture_is_refused(self):
        whole = photo()
        self.refused(whole[:len(whole) * 2 // 3], "图片不完整")
        self.refused(whole[:len(whole) * 2 // 3] + b"\xff\xd9", "图片不完整")
        self.refused("温度 21 度，一切正常。".encode() * 30, "不接受这种文件")
        self.refused(b"\xff\xd8\xff" + b"text that calls itself a photo " * 40, "图片")
        self.refused(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "不接受这种文件", name="a.svg")
        self.refused(b"<!DOCTYPE html><script>alert(1)</script>", "不接受这种文件", name="a.html")
        png = photo(form="PNG")
        self.refused(png[:len(png) // 2], "图片不完整", name="a.png")
        at = png.index(b"IDAT") + 500
        self.refused(png[:at] + bytes([png[at] ^ 255]) + png[at + 1:], "图片", name="a.png")
        webp = photo(form="WEBP")
        self.refused(webp[:len(webp) // 2], "图片不完整", name="a.webp")

    def bombs_are_refused(self):
        self.refused(png_of(50000, 40, 50000 * 3 * 40 + 40), "图片尺寸过大", 413, "wide.png")
        self.refused(png_of(20000, 20000, 1 << 20), "图片尺寸过大", 413, "bomb.png")
        self.refused(png_of(4000, 4000, 100), "图片不完整", 400, "short.png")
        huge = bytearray(photo(64, 64))
        at = huge.index(b"\xff\xc0")
        huge[at + 5:at + 9] = struct.pack(">HH", 65500, 65500)
        self.refused(bytes(huge), "图片尺寸过大", 413)

    def pictures_of_every_kind(self):
        """What phones, scanners and cameras write beside the plain: taken, shown, with sizes and a thumbnail."""
        image = scene(320, 240)
        wide = struct.pack(">IIBBBBB", 4, 4, 16, 2, 0, 0, 0)
        deep = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", wide) + chunk(b"IDAT", zlib.compress((b"\0" + bytes(range(24))) * 4))
                + chunk(b"IEND", b""))
        kinds = {"progressive": saved(image, "JPEG", progressive=True), "cmyk": saved(image.convert("CMYK"), "JPEG"),
                 "grey": saved(image.convert("L"), "JPEG"), "palette": saved(image.convert("P"), "PNG"), "16 bits": deep,
                 "two colours": saved(image.convert("1"), "PNG"), "alpha": saved(image.convert("LA"), "PNG"),
                 "lossless": saved(image.convert("RGBA"), "WEBP", lossless=True), "flat": saved(Image.new("RGB", (20000, 1)), "PNG"),
                 "two in one": saved(image, "JPEG") * 2}
        for name, data in kinds.items():
            status, file = self.put(data, name)
            assert status == 201, (name, file)
            _, _, served = self.fetch(self.field, f"/file/{file['id']}")
            shown = Image.open(io.BytesIO(served))
            shown.load()
            assert shown.size == (file["width"], file["height"]) == Image.open(io.BytesIO(data)).size, name
            for face in ("thumb?size=320", "marked"):
                status, _, small = self.fetch(self.field, f"/file/{file['id']}/{face}")
                assert status == 200 and Image.open(io.BytesIO(small)).format == "JPEG", (name, face, status)
            assert len(served) <= len(data) and self.fetch(self.sup, f"/file/{file['id']}/original")[2] == data, name

    def what_is_no_picture_of_ours_is_refused(self):
        image = scene(64, 48)
        moving = {"save_all": True, "append_images": [scene(64, 48, s) for s in (2, 3)]}
        for name, data in {"gif": saved(image, "GIF"), "moving gif": saved(image, "GIF", **moving), "bmp": saved(image, "BMP"),
                           "tiff": saved(image, "TIFF"), "ico": saved(image, "ICO"),
                           "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(500),
                           "avif": b"\0\0\0\x18ftypavif\0\0\0\0mif1avif" + bytes(500), "jp2": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(99),
                           "svg": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"}.items():
            self.refused(data, "不接受这种文件", name=name)
        self.refused(saved(image, "WEBP", **moving), "动画")
        self.refused(saved(image, "PNG", **moving), "动画")
        scans = saved(Image.new("RGB", (3000, 3000)), "JPEG", progressive=True)
        last = scans.rindex(b"\xff\xda")
        self.refused(scans[:-2] + scans[last:-2] * 3000 + b"\xff\xd9", "图片")  # every scan a pass over nine million pixels
        self.refused(saved(image, "JPEG", progressive=True)[:-300], "图片不完整")
        for size in ((0, 64), (65535, 65535), (4000, 64)):  # what the head promises is not there
            data = saved(image, "JPEG")
            at = data.index(struct.pack(">HH", 48, 64))
            self.refused(data[:at] + struct.pack(">HH", *size) + data[at + 4:], "图片")

    def exif_of_every_kind_is_read_or_passed_over(self):
        for order in ("<", ">"):
            place = self.put(with_exif(gps(order)))[1]["place"]
            assert abs(place["latitude"] - 39.9875) < 1e-9 and abs(place["longitude"] - 116.30833) < 1e-4, place
            assert self.put(with_exif(gps(order, below=0)))[1]["place"] is None, "a rational without denominator"
        for tiff in (b"", b"II", b"IM*\0" + bytes(40), b"II*\0\xff\xff\xff\xff", b"II*\0" + struct.pack("<I", 8) + b"\xff\xff" * 30,
                     b"MM\0*" + struct.pack(">IHHHIII", 8, 1, 0x8769, 4, 1, 8, 0),  # a directory that is its own part
                     b"II*\0" + struct.pack("<IHHHIII", 8, 1, 0x132, 2, 0xffffffff, 0xfffffff0, 0)):
            status, file = self.put(with_exif(tiff))
            assert status == 201 and file["place"] is None and file["taken_at"] is None and file["width"] == 64, (tiff, file)

    def a_polyglot_is_served_as_a_picture_only(self):
        status, file = self.put(photo(200, 200) + b"<html><script>alert(1)</script>PK\3\4", "poly.jpg")
        assert status == 201, file
        _, head, data = self.fetch(self.field, f"/file/{file['id']}")
        assert b"script" not in data and head["X-Content-Type-Options"] == "nosniff"

    def sec_18_a_promised_hash_is_checked(self):
        data = photo(300, 200)
        assert self.put(data, **{"X-Content-SHA256": sha(data)})[0] == 201
        status, body = self.put(data, **{"X-Content-SHA256": sha(b"x")})
        assert status == 400 and body["error"]["field"] == "X-Content-SHA256", body
        status, body = self.put(data, **{"Content-Type": "multipart/form-data; boundary=x"})
        assert status == 415, body

    def other_documents_are_attachments(self):
        status, file = self.put(b"%PDF-1.7\n%\xe2\xe3\n1 0 obj\n", "说明.pdf")
        assert status == 201, file
        _, head, _ = self.fetch(self.field, f"/file/{file['id']}")
        assert head["Content-Disposition"].startswith("attachment;"), head
        assert self.fetch(self.field, f"/file/{file['id']}/marked")[0] == 404

    def a_part_of_a_file_can_be_asked_for(self):
        path = f"/file/{self.file['id']}"
        whole = self.fetch(self.field, path)[2]
        status, head, data = self.fetch(self.field, path, Range="bytes=100-199")
        assert status == 206 and data == whole[100:200], (status, head)
        assert head["Content-Range"] == f"bytes 100-199/{len(whole)}", head
        assert self.fetch(self.field, path, Range="bytes=-50")[2] == whole[-50:]
        assert self.fetch(self.field, path, Range="bytes=5-1")[0] == 200

    def an_upload_goes_on_after_a_cut(self):
        data, name = photo(2400, 1800, seed=3), "upload-" + os.urandom(8).hex()
        about = {"id": name, "name": "续传.jpg", "size": len(data), "sha256": sha(data)}
        begun = self.field.post("/file/upload", about)
        assert begun["offset"] == 0 and begun["file"] is None, begun
        half = len(data) // 2
        with socket.create_connection(("127.0.0.1", self.p.port)) as link:  # and the lift doors close
            link.sendall(f"PUT /api/v1/file/upload/{name} HTTP/1.1\r\nHost: x\r\nCookie: {self.field.cookie}\r\n"
                         f"X-CSRF-Token: {self.field.csrf}\r\nUpload-Offset: 0\r\nContent-Length: {len(data)}\r\n\r\n"
                         .encode() + data[:half])
            spool = os.path.join(self.p.data, "spool")
            until("the first half", 10, lambda: any(os.path.getsize(os.path.join(spool, f)) == half
                                                    for f in os.listdir(spool) if f.startswith("part-")))
            # the server does not know of the cut; asking takes the file over
            status, head, _ = self.fetch(self.field, f"/file/upload/{name}")
            assert status == 200 and head["Upload-Offset"] == str(half) and head["Upload-Length"] == str(len(data)), head
            link.sendall(b"late bytes of the old connection")
            with_wrong = self.field.raw("PUT", f"/api/v1/file/upload/{name}", data[:10], {"Upload-Offset": "7"})
            assert with_wrong[0] == 409 and str(half) in json.loads(with_wrong[1])["error"]["message"], with_wrong
            status, body = self.field.raw("PUT", f"/api/v1/file/upload/{name}", data[half:half + 1000],
                                          {"Upload-Offset": str(half)})
            assert status == 202 and json.loads(body)["offset"] == half + 1000, (status, body)
        self.p.stop(9)  # and the server falls over, too
        until("the old server is gone", 30, lambda: not self.p.healthy())
        self.p.restart(self.p.port)
        assert self.field.post("/file/upload", about)["offset"] == half + 1000
        status, body = self.field.raw("PUT", f"/api/v1/file/upload/{name}", data[half + 1000:],
                                      {"Upload-Offset": str(half + 1000)})
        file = json.loads(body)
        assert status == 201 and file["sha256"] == sha(data) and file["name"] == "续传.jpg", (status, body)
        again = self.field.get(f"/file/upload/{name}")  # the answer was lost: it can be asked for
        assert again["file"]["id"] == file["id"] and again["offset"] == len(data), again
        assert not [f for f in os.listdir(os.path.join(self.p.data, "spool")) if f.startswith("part-")]

    def an_upload_is_its_owners_and_keeps_its_word(self):
        data, name = photo(500, 400, seed=4), "other-" + os.urandom(8).hex()
        about = {"id": name, "name": "a.jpg", "size": len(data), "sha256": sha(data)}
        self.field.post("/file/upload", about)
        assert self.other.raw("GET", f"/api/v1/file/upload/{name}")[0] == 404
        assert self.other.raw("PUT", f"/api/v1/file/upload/{name}", data, {"Upload-Offset": "0"})[0] == 404
        anybody = Client(self.p.port)
        assert anybody.raw("PUT", f"/api/v1/file/upload/{name}", data, {"Upload-Offset": "0"})[0] in (401, 404)
        fake = bytes([data[0] ^ 1]) + data[1:]
        status, body = self.field.raw("PUT", f"/api/v1/file/upload/{name}", fake, {"Upload-Offset": "0"})
        assert status == 400 and json.loads(body)["error"]["field"] == "sha256", (status, body)
        assert self.field.get(f"/file/upload/{name}")["offset"] == 0
        try:
            self.field.post("/file/upload", {**about, "size": 5})
            raise AssertionError("one id for two files")
        except Refused as refused:
            assert refused.status == 409, refused

    def evidence_is_read_through_its_record(self):
        order = self.pm.post("/work_order", {"title": "门厅枪机无画面"})
        if order["state"] == "reported":
            order = self.pm.act("work_order", order, "register")
        order = self.pm.act("work_order", order, "dispatch", engineer_id=self.field.user["id"])
        order = self.field.act("work_order", order, "accept", plan="一小时内到")
        path = f"/file/{self.file['id']}"
        assert self.fetch(self.sup, path)[0] == 404
        order = self.field.act("work_order", order, "arrive", presence="现场", before_photos=[self.file["id"]])
        shown = order["before_photos"][0]
        assert shown["thumb_url"] == f"/api/v1{path}/thumb?size=320" and shown["width"] == 1200, shown
        assert self.fetch(self.sup, path)[0] == 200 and self.fetch(self.other, path)[0] == 404
        self.order = self.pm.get(f"/work_order/{order['id']}")

    def the_marked_copy_names_its_original(self):
        status, head, data = self.fetch(self.sup, f"/file/{self.file['id']}/marked")
        assert status == 200 and head["Content-Type"] == "image/jpeg", (status, head, data[:200])
        marked = Image.open(io.BytesIO(data)).convert("L")
        plain = Image.open(io.BytesIO(self.fetch(self.sup, f"/file/{self.file['id']}/thumb?size=1280")[2])).convert("L")
        assert marked.size == (1200, 1600), marked.size
        height = marked.size[1]
        band = marked.crop((0, height * 19 // 20, marked.size[0], height))
        top = marked.crop((0, 0, marked.size[0], height // 2)).resize((64, 64))
        same = plain.crop((0, 0, plain.size[0], plain.size[1] // 2)).resize((64, 64))
        away = sum(abs(a - b) for a, b in zip(top.getdata(), same.getdata())) / 4096
        bright = sum(1 for v in band.getdata() if v > 200)
        dark = sum(1 for v in band.getdata() if v < 110)
        assert away < 12 and bright > 200 and dark > bright, (away, bright, dark)
        assert self.fetch(self.sup, f"/file/{self.file['id']}/original")[2] == self.jpeg
        if os.environ.get("KEEP_E2E"):
            with open(os.path.join(self.p.dir, "marked.jpg"), "wb") as out:
                out.write(data)

    def the_journal_stays_sound(self):
        audit = self.p.run("journal", "verify")
        assert "日志完好" in audit, audit

    def sec_19_a_changed_file_is_found(self):
        assert "证据文件完好" in self.p.run("file", "verify")
        at = os.path.join(self.p.data, "files", self.file["sha256"][:2], self.file["sha256"][2:])
        os.chmod(at, 0o600)
        with open(at, "r+b") as stored:
            stored.seek(1000)
            stored.write(b"\0\1\2")
        told = self.p.run("file", "verify", code=1)
        assert "已改动 " + self.file["sha256"] in told and "楼道 枪机.jpg" in told, told
        os.unlink(at)
        told = self.p.run("file", "verify", code=1)
        assert "缺失 " + self.file["sha256"] in told, told


def main():
    good = True
    platform = Platform()
    try:
        e = Evidence(platform)
        names = [n for n in vars(Evidence) if n[0] != "_" and n not in ("put", "fetch", "refused")]
        for name in names:
            good = case(re.sub(r"^sec (\d+)", r"SEC-\1", name.replace("_", " ")), getattr(e, name)) and good
    finally:
        platform.close()
    finish(good)


if __name__ == "__main__":
    assert kit and sys
    main()
