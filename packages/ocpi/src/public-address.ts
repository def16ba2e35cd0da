/** Which network addresses a partner may have: only those of the public internet. (E-49) */
import { BlockList, isIP } from 'node:net'

const v4 = new BlockList()
for (const [net, prefix] of [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, also the metadata service of clouds
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
] as const) {
  v4.addSubnet(net, prefix, 'ipv4')
}

const v6Global = new BlockList()
// Everything outside is loopback, mapped, NAT64, unique local, link-local or multicast.
v6Global.addSubnet('2000::', 3, 'ipv6')

const v6 = new BlockList()
for (const [net, prefix] of [
  ['2001::', 23], // protocol assignments, with Teredo
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4
  ['3fff::', 20], // documentation
] as const) {
  v6.addSubnet(net, prefix, 'ipv6')
}

/** Whether an IP address, as text, belongs to the public internet. (T08) */
export function isPublicAddress(address: string): boolean {
  const bare = address.split('%')[0] ?? ''
  const family = isIP(bare)
  if (family === 4) return !v4.check(bare, 'ipv4')
  if (family === 6) return v6Global.check(bare, 'ipv6') && !v6.check(bare, 'ipv6')
  return false
}
