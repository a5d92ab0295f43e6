#!/usr/bin/python3
"""A relay that misbehaves. Prints its port, then serves until it is ended.

  relay.py stall N PORT [ADDRESS]   the first N connections are accepted and never answered; the
                                    others are passed on to 127.0.0.1:PORT
  relay.py bare                     speaks SMTP without STARTTLS; prints each line it is told
  relay.py refuse                   greets with 554
"""
import asyncio
import sys


async def copy(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


def stall(count, port):
    seen = 0

    async def serve(reader, writer):
        nonlocal seen
        seen += 1
        if seen <= count:
            await reader.read(-1)
            return
        there = await asyncio.open_connection('127.0.0.1', port)
        await asyncio.gather(copy(reader, there[1]), copy(there[0], writer))

    return serve


async def bare(reader, writer):
    writer.write(b'220 bare\r\n')
    while line := await reader.readline():
        print(line.decode().strip(), flush=True)
        writer.write(b'250 OK\r\n' if not line.startswith(b'EHLO')
                     else b'250-bare\r\n250 AUTH PLAIN LOGIN\r\n')
    writer.close()


async def refuse(reader, writer):
    writer.write(b'554 no service here\r\n')
    await writer.drain()
    writer.close()


async def main():
    named = {'bare': bare, 'refuse': refuse}.get(sys.argv[1])
    serve = named or stall(int(sys.argv[2]), int(sys.argv[3]))
    address = sys.argv[4] if len(sys.argv) > 4 else '127.0.0.1'
    server = await asyncio.start_server(serve, address, 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
