# SPDX-License-Identifier: Apache-2.0
"""A submission server for tests: STARTTLS and AUTH, every mail kept as DIR/N.eml and DIR/N.json.

smtp_sink.py DIR PORT CERT KEY USER PASSWORD. Local parts of recipients that are refused:
perm (550), grey (451 the first time), closing (421 and hang up), datatemp (451 after the data).
"""
import asyncio
import json
import os
import signal
import ssl
import sys
import warnings

warnings.simplefilter("ignore")
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

folder, port, cert, key, user, password = sys.argv[1:7]
count = len([name for name in os.listdir(folder) if name.endswith(".eml")])


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        local = address.split("@")[0].split("+")[0]
        if local == "perm":
            return "550 5.1.1 no such user here"
        known = os.path.join(folder, "known-" + address.replace("/", "_"))
        if local == "grey" and not os.path.exists(known):
            open(known, "w").close()  # remembered over a restart
            return "451 4.7.1 greylisted, come again"
        if local == "closing":
            await server.push("421 4.3.2 shutting down")
            server.transport.close()
            return "421 4.3.2 shutting down"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        global count
        if any(a.startswith("datatemp@") for a in envelope.rcpt_tos):
            return "451 4.3.0 cannot store now"
        count += 1
        base = os.path.join(folder, f"{count:04d}")
        with open(base + ".eml", "wb") as file:
            file.write(envelope.original_content)
        auth = session.auth_data
        with open(base + ".part", "w") as file:
            json.dump({"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None,
                       "user": auth.decode() if isinstance(auth, bytes) else auth,
                       "hello": session.host_name}, file)
        os.rename(base + ".part", base + ".json")
        return f"250 2.0.0 kept as {count}"


def authenticate(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and data == LoginPassword(user.encode(), password.encode())
    return AuthResult(success=good, handled=False, auth_data=data.login if good else None)


def serve():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return SMTP(Handler(), hostname="sink.example", tls_context=context, require_starttls=True,
                authenticator=authenticate, auth_required=True, decode_data=False, timeout=60)


async def main():
    loop = asyncio.get_running_loop()
    stop = loop.create_future()
    server = await loop.create_server(serve, "127.0.0.1", int(port))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: stop.done() or stop.set_result(None))
    print("ready", flush=True)
    await stop
    server.close()


asyncio.run(main())
