"""Verifies a log of format sal/1 by its documentation alone: chain, tree, signatures, proofs.

usage: verify.py <log directory> [<key of the first epoch> [<proof file> <line file>]]
Prints a JSON object and ends with 0, or says what is wrong and ends with 1.
"""
import base64, glob, hashlib, io, json, os, sys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

def sha(data): return hashlib.sha256(data).digest()
def leaf(line): return sha(b"\0" + line)
def node(left, right): return sha(b"\1" + left + right)
def need(condition, message):
    if not condition:
        print("bad: " + message)
        sys.exit(1)

def root(stack):
    """The root over the full subtrees of a tree, the largest first."""
    if not stack: return sha(b"")
    value = stack[-1][1]
    for _, left in reversed(stack[:-1]): value = node(left, value)
    return value

def push(stack, value):
    """Adds a leaf: equal heights are joined."""
    height = 0
    while stack and stack[-1][0] == height:
        value = node(stack.pop()[1], value)
        height += 1
    stack.append((height, value))

def lines(directory):
    for path in sorted(glob.glob(os.path.join(directory, "[0-9]*.jsonl*"))):
        if ".torn-" in path: continue
        file = open(path, "rb")
        if path.endswith(".zst"):
            import zstandard
            file = io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(file))
        for number, line in enumerate(file):
            need(line.endswith(b"\n"), "unfinished line")
            yield number == 0, line[:-1]

def statements(directory):
    path = os.path.join(directory, "checkpoints")
    parts = open(path, encoding="utf-8").read().split("\n\n") if os.path.exists(path) else []
    return [(text + "\n", signatures.split("\n")) for text, signatures in zip(parts[::2], parts[1::2])]

def signed(name, key, text, signatures):
    identity = sha(name.encode() + b"\n\1" + key)[:4]
    for line in signatures:
        dash, signer, value = line.split(" ")
        value = base64.b64decode(value)
        if dash != "—" or signer != name or value[:4] != identity: continue
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(value[4:], text.encode())
            return True
        except InvalidSignature:
            return False
    return False

def verify(directory, trusted):
    previous, stack, seq, size_signed, key, since, name = None, [], 0, 0, None, 0, None
    waiting, keys, renewed = statements(directory), [], []
    for first, line in lines(directory):
        record = json.loads(line)
        body, seal = line[:-72], line[-72:]
        need(seal[:6] == b',"h":"' and seal[-2:] == b'"}', "no seal")
        if first and record["type"] == "chain.open":
            data = record["data"]
            if previous is None:
                name = "sal/1/" + data["chain"]
                seq, previous = data["size"], data["prev"].encode()
                genesis = hashlib.sha256(b"sal/1 genesis " + data["chain"].encode()).hexdigest()
                need(seq > 0 or data["prev"] == genesis, "the chain does not begin at its name")
                heights = [bit for bit in reversed(range(64)) if seq >> bit & 1]
                stack = [(bit, bytes.fromhex(text)) for bit, text in zip(heights, data.get("tree", []))]
            tree = [value.hex() for _, value in stack]
            need(seq == 0 or (data["size"] == seq and data["tree"] == tree), "opening of %d" % (seq + 1))
        need(previous is not None, "the log does not begin with chain.open")
        seq += 1
        need(record["seq"] == seq, "record %d is missing" % seq)
        need(hashlib.sha256(previous + body).hexdigest().encode() == seal[6:-2], "hash of %d" % seq)
        previous = seal[6:-2]
        push(stack, leaf(line))
        while waiting:
            text, signatures = waiting[0]
            parts = text.split("\n")
            if int(parts[1 + parts[0].endswith(("/key", "/renewed"))]) > seq: break
            waiting.pop(0)
            if parts[0] in (name + "/key", name + "/renewed"):
                following, lost = bytes.fromhex(parts[3]), parts[0].endswith("/renewed")
                by = following if lost or not key else key
                need(signed(name, by, text, signatures), "succession at %s" % parts[2])
                need(not lost or trusted is None or trusted not in keys, "key renewed at %s: another one is to be trusted" % parts[2])
                if int(parts[2]) == seq: need((record["type"] == "log.renewed") == lost, "naming of a key at %d" % seq)
                key, since = following, int(parts[2])
                keys.append(key)
                if lost: renewed.append(since)
            else:
                need(parts[0] == name and int(parts[1]) >= since, "checkpoint of another log or time")
                need(key and signed(name, key, text, signatures), "signature at %s" % parts[1])
                if int(parts[1]) == seq:
                    need(base64.b64decode(parts[2]) == root(stack), "root at %d" % seq)
                    size_signed = seq
    need(not waiting, "the log was cut off: more was signed")
    need(trusted is None or trusted in keys, "not signed by the given key")
    print(json.dumps({"records": seq, "head": previous.decode(), "root": root(stack).hex(), "signed": size_signed, "renewed": renewed}))
    return name, keys

def prove(text, line, name, keys):
    head, note = text.split("\n\n", 1)
    fields = head.split("\n")
    need(fields[0] == "c2sp.org/tlog-proof@v1", "no proof")
    index, path = int(fields[1].split(" ")[1]), [base64.b64decode(value) for value in fields[2:]]
    body, signatures = note.rstrip("\n").split("\n\n")
    origin, size, expected = body.split("\n")
    need(origin == name and any(signed(name, key, body + "\n", signatures.split("\n")) for key in keys), "proof's signature")
    place, last, value = index, int(size) - 1, leaf(line)
    for sibling in path:  # RFC 9162 section 2.1.3.2
        if place & 1 or place == last:
            value = node(sibling, value)
            while not place & 1 and place: place, last = place >> 1, last >> 1
        else:
            value = node(value, sibling)
        place, last = place >> 1, last >> 1
    need(last == 0 and value == base64.b64decode(expected), "proof")

if __name__ == "__main__":
    trusted = base64.b64decode(sys.argv[2].split("+", 2)[2])[1:] if len(sys.argv) > 2 else None
    name, keys = verify(sys.argv[1], trusted)
    if len(sys.argv) > 4:
        prove(open(sys.argv[3], encoding="utf-8").read(), open(sys.argv[4], "rb").read(), name, keys)
