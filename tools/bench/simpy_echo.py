"""The echo work in SimPy 2, the release that Debian has: a process for each client that waits three times an echo, for the way there,
the way back and the pause. There is no network and no queue: it is the schedulers that are compared."""

import sys
import time

from SimPy.Simulation import Process, activate, hold, initialize, now, simulate

ONE_WAY, PAUSE, RUN = 10_000, 100_000, 60_000_000  # microseconds
PERIOD = 2 * ONE_WAY + PAUSE
ECHOES = RUN // PERIOD


class Client(Process):
    def __init__(self, number):
        Process.__init__(self)
        self.payload = bytes([ord("a") + number % 26]) * 64
        self.echoes = 0

    def run(self):
        begin = now()
        while now() < begin + RUN:
            message = bytearray(self.payload)
            yield hold, self, ONE_WAY
            echo = bytearray(message)
            yield hold, self, ONE_WAY
            if echo != self.payload:
                raise SystemExit("what came back is not what was sent")
            self.echoes += 1
            yield hold, self, PAUSE


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    initialize()
    clients = [Client(number) for number in range(count)]
    for number, client in enumerate(clients):
        activate(client, client.run(), at=PERIOD * number // count)
    begin = time.process_time()
    simulate(until=RUN + 2 * PERIOD)
    seconds = time.process_time() - begin
    counts = {client.echoes for client in clients}
    if counts != {ECHOES}:
        raise SystemExit(f"not {ECHOES} echoes each: {sorted(counts)}")
    print(count * ECHOES, f"{seconds:.6f}")


if __name__ == "__main__":
    main()
