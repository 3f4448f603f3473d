"""What a service manager does for its services (sd_notify(3), sd_listen_fds(3)).

service-manager.py listen PATH       binds PATH and prints each message as JSON, with the sender's process id
service-manager.py start [--descriptor PATH] [--journal] PROGRAM ARGUMENTS...
                                     becomes PROGRAM, with a socket to PATH as descriptor 3, its output as a journal (errors too)
service-manager.py start --unit UNIT PROGRAM ARGUMENTS...
                                     becomes PROGRAM, with its output going to journald as that of UNIT; only root may
"""

import array, json, os, socket, struct, sys


def listen(path):
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    server.bind(path)
    print("listening", flush=True)
    while True:
        text, ancillary, _, _ = server.recvmsg(65536, 1024)
        pid = 0
        for level, kind, data in ancillary:
            if kind == socket.SCM_CREDENTIALS:
                pid = struct.unpack("3i", data[:12])[0]
            if kind == socket.SCM_RIGHTS:
                # A barrier: who sent it waits until we close it.
                for descriptor in array.array("i", data[: len(data) // 4 * 4]):
                    os.close(descriptor)
        print(json.dumps({"pid": pid, "text": text.decode("utf-8", "replace")}), flush=True)


def start(arguments):
    while arguments[0].startswith("--"):
        option = arguments.pop(0)
        if option == "--descriptor":
            connected = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            connected.connect(arguments.pop(0))
            if connected.fileno() != 3:
                os.dup2(connected.fileno(), 3)
            os.set_inheritable(3, True)
            os.environ.update(LISTEN_FDS="1", LISTEN_FDNAMES="notify", LISTEN_PID=str(os.getpid()))
        if option == "--journal":
            os.dup2(1, 2)
            out = os.fstat(1)
            os.environ["JOURNAL_STREAM"] = f"{out.st_dev}:{out.st_ino}"
        if option == "--unit":
            unit = arguments.pop(0)
            stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            stream.connect("/run/systemd/journal/stdout")
            # Name, unit, priority of what has none, whether lines may begin with one; three places it is not copied to.
            stream.sendall(f"amazonmusic2mqtt\n{unit}\n6\n1\n0\n0\n0\n".encode())
            found = os.fstat(stream.fileno())
            os.environ["JOURNAL_STREAM"] = f"{found.st_dev}:{found.st_ino}"
            os.dup2(stream.fileno(), 1)
            os.dup2(stream.fileno(), 2)
    os.execvp(arguments[0], arguments)


if sys.argv[1] == "listen":
    listen(sys.argv[2])
else:
    start(sys.argv[2:])
