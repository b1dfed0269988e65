/**
 * A certificate for `localhost`, valid from 2000 to 2120, and its key, both base64 of DER: made for this probe alone and
 * known to everybody.
 */
const CERTIFICATE =
  'MIIBYTCCAQegAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwIBcNMDAwMTAxMDAwMDAwWhgPMjEy' +
  'MDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGtwFEHoiYxMolIM' +
  'XiHk0iLLp/ncdYmtrolPlt33b2XpTOe0zhq/NtTXlaUw40muhVu+/uOY3j7yDdHK+nJ+an6jSDBGMBQGA1UdEQQNMAuCCWxv' +
  'Y2FsaG9zdDAPBgNVHRMBAf8EBTADAQH/MB0GA1UdDgQWBBTka2OK3wt2rAqKNXKCRr3MYOq/nzAKBggqhkjOPQQDAgNIADBF' +
  'AiEA3yODWkcw7BM5g7/XdwJQEXQ7YC8mVmIbwFQDQuWJ8soCIEfELZdGsivGLtWZQaKldRDGv1wgLXmeRx3ns677wf+V'
const KEY =
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgdGrZ9qlm5A1u8RMszdEUYt6icnhFTavPZuk+jhQMfj+hRANC' +
  'AARrcBRB6ImMTKJSDF4h5NIiy6f53HWJra6JT5bd929l6UzntM4avzbU15WlMONJroVbvv7jmN4+8g3Ryvpyfmp+'

/** What programs expect of the system, asked in one process. Nothing is written: files are in memory. */
export const PYTHON_QUESTIONS = `
def ask(name, question):
    try:
        said = question()
    except Exception as error:
        said = type(error).__name__
    print(name + ": " + str(said))
def localhost():
    import socket
    return sorted({a[4][0] for a in socket.getaddrinfo("localhost", 80, socket.AF_INET)})
def threads():
    import threading
    seen = []
    all = [threading.Thread(target=seen.append, args=(n,)) for n in range(8)]
    for one in all: one.start()
    for one in all: one.join()
    return sorted(seen)
def child():
    import os
    pid = os.fork()
    if pid == 0: os._exit(5)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
def authorities():
    import ssl
    return ssl.create_default_context().cert_store_stats()["x509_ca"]
def large_files():
    import os
    file = os.memfd_create("large")
    os.ftruncate(file, 5 << 30)
    os.pwrite(file, b"end", (5 << 30) - 3)
    os.lseek(file, -3, os.SEEK_END)
    return [os.fstat(file).st_size, os.read(file, 9).decode()]
def memory_map():
    import mmap, os
    shared = mmap.mmap(-1, 1 << 16)
    pid = os.fork()
    if pid == 0:
        shared[:4] = b"seen"
        os._exit(0)
    os.waitpid(pid, 0)
    file = os.memfd_create("mapped")
    os.write(file, b"x" * 8192)
    with mmap.mmap(file, 8192) as mapped:
        mapped[4096:4100] = b"file"
        mapped.flush()
    return [shared[:4].decode(), os.pread(file, 4, 4096).decode()]
def handshake():
    import os, ssl
    def pem(kind, text):
        return "-----BEGIN " + kind + "-----\\n" + text + "\\n-----END " + kind + "-----\\n"
    certificate = pem("CERTIFICATE", "${CERTIFICATE}")
    file = os.memfd_create("pair")
    os.write(file, (certificate + pem("PRIVATE KEY", "${KEY}")).encode())
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain("/proc/self/fd/%d" % file)
    client = ssl.create_default_context(cadata=certificate)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [client.wrap_bio(back, there, server_hostname="localhost"), server.wrap_bio(there, back, server_side=True)]
    left = list(sides)
    for turn in range(20):
        for side in list(left):
            try:
                side.do_handshake()
                left.remove(side)
            except ssl.SSLWantReadError:
                pass
    sides[0].write(b"ping")
    return [sides[0].version(), sides[1].read(4).decode()]
ask("localhost", localhost)
ask("threads", threads)
ask("fork", child)
ask("certificate authorities", authorities)
ask("large files", large_files)
ask("memory map", memory_map)
ask("TLS handshake", handshake)
`
