#!/usr/bin/env python3
"""Count the pages that two processes share and those that they do not: pagemap_diff.py page|mapping PID PID.

What one writes who has read Documentation/admin-guide/mm/pagemap.rst and needs an answer: it reads
each side once, so that it is wrong where the kernel moves a page meanwhile.
"""
import os
import struct
import sys

PAGE = os.sysconf("SC_PAGE_SIZE")
WORD = 8
PRESENT = 1 << 63
FRAME = (1 << 55) - 1


def mappings(pid):
    with open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace") as maps:
        for line in maps:
            start, end = line.split()[0].split("-")
            if "[vsyscall]" not in line:
                yield int(start, 16), int(end, 16)


def words_by_page(pagemap, start, end):
    """A seek and a read for each page, as most scripts do."""
    for address in range(start, end, PAGE):
        pagemap.seek(address // PAGE * WORD)
        yield struct.unpack("<Q", pagemap.read(WORD))[0]


def words_by_mapping(pagemap, start, end):
    """One read for a whole mapping, as those do who had to wait for it."""
    pagemap.seek(start // PAGE * WORD)
    data = pagemap.read((end - start) // PAGE * WORD)
    return struct.unpack(f"<{len(data) // WORD}Q", data)


def main(how, parent, child):
    words = words_by_mapping if how == "mapping" else words_by_page
    shared = diverged = 0
    both = set(mappings(child))
    with open(f"/proc/{parent}/pagemap", "rb") as a, open(f"/proc/{child}/pagemap", "rb") as b:
        for start, end in mappings(parent):
            if (start, end) not in both:
                continue
            for x, y in zip(words(a, start, end), words(b, start, end)):
                if x & PRESENT and y & PRESENT:
                    if x & FRAME == y & FRAME:
                        shared += 1
                    else:
                        diverged += 1
    print(f"shared {shared} diverged {diverged}")


main(*sys.argv[1:])
