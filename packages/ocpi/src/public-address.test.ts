import { expect, test } from 'vitest'
import { createMayCall } from './http.ts'
import { isPublicAddress } from './public-address.ts'

test.each([
  '127.0.0.1',
  '127.255.255.254',
  '0.0.0.0',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '100.127.255.255',
  '224.0.0.1',
  '239.1.1.1',
  '240.0.0.1',
  '255.255.255.255',
  '198.18.0.1',
  '192.0.2.1',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  'fe80::1',
  'fe80::1%eth0',
  'fc00::1',
  'fd12::1',
  'ff02::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  'fec0::1',
  '100::1',
  'localhost',
  '',
  '1.2.3',
])('E-49, T08: %s is no public address', (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

test.each([
  '8.8.8.8',
  '100.63.255.255',
  '100.128.0.1',
  '172.32.0.1',
  '193.0.0.1',
  '2a00:1450:4001::1',
  '2606:4700::1111',
])('%s is a public address', (address) => {
  expect(isPublicAddress(address)).toBe(true)
})

const mayCall = createMayCall({})

test.each([
  'http://cpo.example/ocpi',
  'ftp://cpo.example',
  'https://user@cpo.example/',
  'https://u:p@cpo.example/',
  'https://127.0.0.1/',
  'https://0x7f.1/',
  'https://2130706433/',
  'https://127.1/',
  'https://[::ffff:7f00:1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://localhost/',
  'https://localhost./',
  'https://x.localhost/',
  'https://①②⑦.0.0.1/',
  'https://metadata.google.internal/',
  'nonsense',
  '',
  'file:///etc/passwd',
  'https://192.168.0.1:8443/x',
])('E-49: %s is not called', (url) => {
  expect(mayCall(url)).toBe(false)
})

test('E-49: https URLs of public hosts are called; with private peers allowed also plain http to this machine', () => {
  expect(mayCall('https://cpo.example/ocpi/versions')).toBe(true)
  expect(mayCall('https://8.8.8.8/ocpi')).toBe(true)
  expect(createMayCall({ allowPrivatePeers: true })('http://localhost:8080/ptp/ocpi')).toBe(true)
  expect(createMayCall({ allowPrivatePeers: true })('ftp://localhost/')).toBe(false)
})
