"""An identity provider of one's own: OpenID Connect with the authorisation code flow, on this computer only."""

from __future__ import annotations

import base64
import html
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, SECRET = "consult-dashboard", "not a secret"
PAGE = """<!doctype html><html lang="en"><title>Who are you?</title><h1>Who are you?</h1>
<form action="/approved"><input type="hidden" name="asked" value="{asked}">
<label>E-mail <input name="email"></label><label>Verified <input name="verified" value="true"></label>
<button>Let me in</button></form></html>"""


class Provider:
    """Signs in whoever types an e-mail address; keeps what each code stands for, once."""

    def __init__(self):
        from joserfc.jwk import RSAKey

        self.key = RSAKey.generate_key(2048, parameters={"kid": "key-1", "use": "sig", "alg": "RS256"})
        self.codes = {}
        self.faults = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                """Be quiet."""

            def do_GET(self):
                place, asked = urlsplit(self.path), parse_qs(urlsplit(self.path).query)
                provider.answer(self, place.path, {name: values[0] for name, values in asked.items()})

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                provider.token(self, {name: values[0] for name, values in parse_qs(body).items()})

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, to, path, asked):
        if path == "/.well-known/openid-configuration":
            send(to, {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            })  # fmt: skip
        elif path == "/keys":
            send(to, {"keys": [self.key.as_dict(private=False)]})
        elif path == "/authorize":
            if asked.get("client_id") != CLIENT or "openid" not in asked.get("scope", ""):
                self.faults.append(f"authorize: {asked}")
            send(to, PAGE.format(asked=html.escape(json.dumps(asked))).encode(), "text/html; charset=utf-8")
        elif path == "/approved":
            request = json.loads(asked["asked"])
            code = secrets.token_urlsafe(16)
            self.codes[code] = {**request, "email": asked["email"], "verified": asked["verified"] == "true"}
            back = urlencode({"code": code, "state": request["state"]})
            to.send_response(302)
            to.send_header("Location", f"{request['redirect_uri']}?{back}")
            to.end_headers()
        else:
            to.send_error(404)

    def token(self, to, given):
        from joserfc import jwt

        request = self.codes.pop(given.get("code", ""), None)
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        known = to.headers.get("Authorization") == basic or given.get("client_secret") == SECRET
        if request is None or not known or given.get("redirect_uri") != request["redirect_uri"]:
            self.faults.append(f"token: {given}")
            send(to, {"error": "invalid_grant"}, status=400)
            return
        now = int(time.time())
        claims = {
            "iss": self.address, "aud": CLIENT, "sub": request["email"], "iat": now, "exp": now + 600,
            "nonce": request.get("nonce"), "email": request["email"], "email_verified": request["verified"],
        }  # fmt: skip
        signed = jwt.encode({"alg": "RS256", "kid": "key-1"}, claims, self.key)
        send(to, {"access_token": "unused", "token_type": "Bearer", "expires_in": 600, "id_token": signed})


def send(to, what, kind="application/json", status=200):
    body = what if isinstance(what, bytes) else json.dumps(what).encode()
    to.send_response(status)
    to.send_header("Content-Type", kind)
    to.send_header("Content-Length", str(len(body)))
    to.end_headers()
    to.wfile.write(body)
