// Binding UDP ports at once: Node does so when the address has been looked up, and an address that is numeric needs no look.

import type { Port } from "../../core/service.ts";

/** A UDP socket that is bound; what arrives is dropped. */
export interface Datagrams extends Disposable {
  address(): { readonly port: Port };
}

/** Binds, or gives the system's error; nobody else can have the port meanwhile. */
export function bindDatagrams(port: Port, host: string, ipv6Only: boolean): Datagrams | NodeJS.ErrnoException {
  // Loaded here, because few services have a UDP port.
  const { createSocket } = process.getBuiltinModule("node:dgram");
  const family = host.includes(":") ? 6 : 4;
  const socket = createSocket({
    type: `udp${family}`,
    ipv6Only,
    lookup: (name, _, found) => found(null, name, family),
  });
  let refused: NodeJS.ErrnoException | undefined;
  socket.on("error", (error) => (refused = error));
  socket.bind({ port, address: host, exclusive: true });
  socket.unref();
  if (refused !== undefined) {
    socket.close();
    return refused;
  }
  let isOpen = true;
  return {
    address: () => socket.address(),
    [Symbol.dispose]() {
      if (isOpen) socket.close();
      isOpen = false;
    },
  };
}
