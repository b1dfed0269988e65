import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parseCpuInfo } from '../../src/hosts/cpu-info.js'

/** The beginnings of files that Linux 5.10–6.12 shows on each architecture (show_cpuinfo in arch/). */
test.each<[string, string, ReturnType<typeof parseCpuInfo>]>([
  [
    'amd64',
    'processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 1\nmodel name\t: AMD EPYC 7763\ncpu cores\t: 2\nflags\t\t: fpu vme sse2\nbugs\t\t: sysret_ss_attrs\n\nprocessor\t: 1\nflags\t\t: other\n',
    { cpuModel: 'AMD EPYC 7763', cpuFeatures: ['fpu', 'vme', 'sse2'] },
  ],
  [
    'arm64 of Arm’s own design',
    'processor\t: 0\nBogoMIPS\t: 243.75\nFeatures\t: fp asimd evtstrm sve2\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x3\nCPU part\t: 0xd0c\nCPU revision\t: 1\n',
    { cpuModel: 'Neoverse-N1', cpuFeatures: ['fp', 'asimd', 'evtstrm', 'sve2'] },
  ],
  [
    'arm64 of another’s, which has part numbers of its own',
    'processor\t: 0\nFeatures\t: fp asimd\nCPU implementer\t: 0x61\nCPU part\t: 0xd0c\n',
    { cpuFeatures: ['fp', 'asimd'] },
  ],
  [
    'a Raspberry Pi, which names the board at the end',
    'processor\t: 0\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\nCPU part\t: 0xd08\n\nHardware\t: BCM2835\nModel\t\t: Raspberry Pi 4 Model B Rev 1.4\n',
    { cpuModel: 'Raspberry Pi 4 Model B Rev 1.4', cpuFeatures: ['fp', 'asimd'] },
  ],
  [
    'arm',
    'processor\t: 0\nmodel name\t: ARMv7 Processor rev 4 (v7l)\nFeatures\t: half thumb vfpv4 neon\nCPU implementer\t: 0x41\n',
    { cpuModel: 'ARMv7 Processor rev 4 (v7l)', cpuFeatures: ['half', 'thumb', 'vfpv4', 'neon'] },
  ],
  [
    's390x',
    'vendor_id       : IBM/S390\n# processors    : 1\nbogomips per cpu: 3241.00\nfeatures\t: esan3 zarch vx \nprocessor 0: version = FF,  identification = 2B3FF7,  machine = 8561\n\ncpu number      : 0\n',
    { cpuModel: 'IBM machine 8561', cpuFeatures: ['esan3', 'zarch', 'vx'] },
  ],
  [
    'ppc64le, which lists no features',
    'processor\t: 0\ncpu\t\t: POWER9 (architected), altivec supported\nclock\t\t: 2200.000000MHz\n\ntimebase\t: 512000000\nmachine\t\t: CHRP IBM pSeries\nmodel\t\t: IBM pSeries\n',
    { cpuModel: 'POWER9 (architected), altivec supported' },
  ],
  [
    'riscv64',
    'processor\t: 0\nhart\t\t: 1\nisa\t\t: rv64imafdc_zicntr_zicsr\nmmu\t\t: sv39\nuarch\t\t: sifive,u74-mc\n',
    { cpuModel: 'sifive,u74-mc', cpuFeatures: ['rv64imafdc_zicntr_zicsr'] },
  ],
  [
    'mips64le',
    'system type\t\t: MIPS Malta\nmachine\t\t\t: mti,malta\nprocessor\t\t: 0\ncpu model\t\t: MIPS 5KE V0.0  FPU V0.0\nASEs implemented\t: mips16 dsp\n',
    { cpuModel: 'MIPS 5KE V0.0  FPU V0.0', cpuFeatures: ['mips16', 'dsp'] },
  ],
  [
    'loong64',
    'system type\t\t: generic-loongson-machine\nprocessor\t\t: 0\nCPU Family\t\t: Loongson-64bit\nModel Name\t\t: Loongson-3A5000\nFeatures\t\t: cpucfg lam ual fpu lsx\n',
    { cpuModel: 'Loongson-3A5000', cpuFeatures: ['cpucfg', 'lam', 'ual', 'fpu', 'lsx'] },
  ],
  ['a CPU without features, before a line that has some', 'flags\t\t:\nbugs\t\t: spectre_v1\n', {}],
  ['a part named like a part of JavaScript', 'CPU implementer\t: 0x41\nCPU part\t: constructor\n', {}],
  ['no words at all', '', {}],
])('%s', (_, text, info) => {
  expect(parseCpuInfo(text)).toEqual(info)
})

test.skipIf(process.platform !== 'linux')('something is known of the CPU that this runs on', async () => {
  expect(parseCpuInfo(await readFile('/proc/cpuinfo', 'utf8'))).not.toEqual({})
})

test('what a host makes up is bounded', () => {
  const info = parseCpuInfo(`model name: ${'m'.repeat(1e5)}\nflags: ${`${'f'.repeat(1000)} `.repeat(1000)}\n`)
  expect(info.cpuModel).toHaveLength(100)
  expect(info.cpuFeatures).toHaveLength(500)
  expect(Math.max(...(info.cpuFeatures ?? []).map(each => each.length))).toBe(100)
  expect(parseCpuInfo(`${'model name \t'.repeat(20_000)}\n${'\n'.repeat(50_000)}`)).toEqual({})
})
