# SPDX-License-Identifier: Apache-2.0
"""What the end-to-end tests share: a platform of their own in a temporary folder, the simulated street in
namespaces of its own, a client of /api/v1, and cases counted by lines "ok"/"not ok"."""
import base64
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ.get("SHOUWANG") or os.path.join(TOP, "build", "shouwang")
STREET = os.path.join(TOP, "build", "sim", "street")
WORD = "Tst-pass-w9rdX"  # of accounts that live as long as one test
# a real 1 x 1 JPEG
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////////////////////////////////////////////"
    "////////////////2wBDAf//////////////////////////////////////////////////////////////////////////////////"
    "////wAARCAABAAEDASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQID"
    "AAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlq"
    "c3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3"
    "+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEI"
    "FEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImK"
    "kpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwCS"
    "iiigD//Z")


def ended(_number, _frame):
    sys.exit(1)  # so that `finally` puts everything away


signal.signal(signal.SIGTERM, ended)


def case(name, function, *args):
    """Runs one case; a failed one is told and the test goes on."""
    try:
        function(*args)
        print("ok", name, flush=True)
        return True
    except Exception:  # the report is the point
        traceback.print_exc()
        print("not ok", name, flush=True)
        return False


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until(what, seconds, function):
    """Polls until function() gives something true; that is the result."""
    end = time.monotonic() + seconds
    while True:
        last = function()
        if last:
            return last
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for: {what}")
        time.sleep(0.25)


class Refused(Exception):
    def __init__(self, status, body):
        super().__init__(f"{status} {body}")
        self.status = status
        self.error = body.get("error", {}) if isinstance(body, dict) else {}


class Client:
    """One logged-in person."""

    def __init__(self, port, login=None, password=WORD):
        self.port, self.cookie, self.csrf, self.user = port, None, None, None
        if login:
            answer = self.post("/session", {"login": login, "password": password})
            self.csrf, self.user = answer["csrf"], answer["user"]

    def raw(self, method, path, body=None, headers=None):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        head = dict(headers or {})
        if self.cookie:
            head["Cookie"] = self.cookie
        if self.csrf:
            head["X-CSRF-Token"] = self.csrf
        link.request(method, path, body, head)
        answer = link.getresponse()
        data = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self.cookie = value.split(";")[0]
        link.close()
        return answer.status, data

    def call(self, method, path, body=None):
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        status, data = self.raw(method, "/api/v1" + path, data)
        try:
            parsed = json.loads(data) if data else None
        except ValueError:
            parsed = data
        if status >= 400:
            raise Refused(status, parsed)
        return parsed

    def get(self, path, **query):
        return self.call("GET", path + ("?" + urllib.parse.urlencode(query, True) if query else ""))

    def post(self, path, body=None):
        return self.call("POST", path, body if body is not None else {})

    def patch(self, path, body):
        return self.call("PATCH", path, body)

    def list(self, kind, *filters, **more):
        return self.get("/" + kind, f=list(filters), **more)["items"]

    def total(self, kind, query):
        pairs = [tuple(p.split("=", 1)) for p in query.split("&") if p]
        return self.call("GET", f"/{kind}?limit=1&" + urllib.parse.urlencode(pairs))["total"]

    def act(self, kind, record, action, **given):
        return self.post(f"/{kind}/{record['id']}/{action}", {"rev": record["rev"], **given})

    def photo(self, name="photo.jpg"):
        return self.call("PUT", "/file?name=" + name, JPEG)["id"]


class Platform:
    """init, accounts and `serve` on a free port. db = None is SQLite; like = a stopped platform whose
    folder is copied instead of `init`; fresh = False: data is there already."""

    def __init__(self, db=None, netns=None, like=None, data=None, more=(), fresh=True):
        self.dir = tempfile.mkdtemp(prefix="sw-e2e-")
        self.data = data or os.path.join(self.dir, "data")
        self.more = list(more)  # further options of serve
        self.db, self.netns, self.port, self.child = db, netns, None, None
        if like:
            shutil.copytree(like.data, self.data)
        self.admins = like.admins if like else self.run("init") if fresh else None

    def options(self):
        return ["--data", self.data] + (["--db", self.db] if self.db else [])

    def run(self, *words, text="", code=0):
        done = subprocess.run([PROGRAM, *words, *self.options()], input=text, text=True, timeout=300,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode != code:
            raise AssertionError(f"{words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def user(self, login, role):
        self.run("user", "add", login, "--role", role, "--password-stdin", "--no-must-change", text=WORD + "\n")

    def start(self):
        self.restart(free_port())

    def restart(self, port):
        self.port = port
        self.log = open(os.path.join(self.dir, "serve.log"), "ab")
        words = [PROGRAM, "serve", *self.options(), "--listen", f"127.0.0.1:{self.port}", *self.more]
        if self.netns:
            words += ["--watch-netns", self.netns]
        self.child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        until("/healthz", 60, self.healthy)

    def healthy(self):
        try:
            return Client(self.port).raw("GET", "/healthz")[0] == 200
        except OSError:
            return False

    def stop(self, how=signal.SIGTERM):
        if self.child and self.child.poll() is None:
            self.child.send_signal(how)
            self.child.wait(30)
            # its children end by themselves when it was killed; until then the old one still answers
            until("the port to be free", 30, lambda: not self.healthy())
        self.child = None

    def client(self, login):
        return Client(self.port, login)

    def close(self):
        self.stop()
        if os.environ.get("KEEP_E2E"):
            print("# kept", self.dir)
            return
        path = os.path.join(self.dir, "serve.log")
        if os.environ.get("SHOW_LOG") and os.path.exists(path):
            with open(path, errors="replace") as log:
                print("# " + "# ".join(log.readlines()[-40:]))
        shutil.rmtree(self.dir, ignore_errors=True)


class Street:
    """The devices. As root in two namespaces with true silence; else on loopback with closed ports."""

    def __init__(self, folder):
        self.root = os.geteuid() == 0
        self.name = f"swt{os.getpid()}" if self.root else None
        self.control = os.path.join(folder, "street.sock")
        self.ledger = os.path.join(folder, "ledger.xlsx")
        words = [STREET, "run", "--csv", os.path.join(TOP, "sim", "street.csv"), "--control", self.control]
        if self.root:
            subprocess.run([os.path.join(TOP, "sim", "netns.sh"), "up", self.name], check=True)
            words = ["ip", "netns", "exec", self.name + "-street", *words]
        else:
            words.append("--loopback")
        self.child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                      stderr=open(os.path.join(folder, "street.log"), "wb"))
        until("the street's control socket", 30, lambda: os.path.exists(self.control))
        subprocess.run(["/usr/bin/python3", os.path.join(TOP, "sim", "make_ledger.py"),
                        *([] if self.root else ["--loopback"]), self.ledger], check=True)

    def tell(self, *words):
        subprocess.run([STREET, *words, "--control", self.control], check=True, stdout=subprocess.DEVNULL)

    def close(self):
        self.child.terminate()
        self.child.wait(20)
        if self.root:
            subprocess.run([os.path.join(TOP, "sim", "netns.sh"), "down", self.name], check=False)


class Postgres:
    """A throw-away cluster; its socket folder reaches into other network namespaces."""

    def __init__(self):
        self.dir = os.path.join(tempfile.mkdtemp(prefix="sw-pg-"), "pg")
        os.chmod(os.path.dirname(self.dir), 0o755)
        tool = os.path.join(TOP, "tests", "pg", "cluster.sh")
        out = subprocess.run([tool, "start", self.dir], check=True, text=True, stdout=subprocess.PIPE).stdout
        address = urllib.parse.urlsplit(out.split()[-1])
        user = address.username or "postgres"
        self.url = f"postgresql://{user}@/{address.path.strip('/')}?host={self.dir}&port={address.port}"

    def tool(self, word):
        subprocess.run([os.path.join(TOP, "tests", "pg", "cluster.sh"), word, self.dir], check=True)

    def close(self):
        subprocess.run([os.path.join(TOP, "tests", "pg", "cluster.sh"), "stop", self.dir], check=False)
        shutil.rmtree(os.path.dirname(self.dir), ignore_errors=True)


def on_both(world, cases):
    """The cases on SQLite and on PostgreSQL, each database in a world of its own: world(postgres), None = SQLite, with `p`."""
    good = True
    for name in ("SQLite", "PostgreSQL"):
        postgres = Postgres() if name == "PostgreSQL" else None
        w = None
        try:
            w = world(postgres)
            for f in cases:
                good = case(f"{name}: {f.__name__}", f, w) and good
        finally:
            if w:
                w.p.close()
            if postgres:
                postgres.close()
    finish(good)


def finish(good):
    sys.exit(0 if good else 1)
