/** GPUs whose compiler Mesa brings, with what their makers say of them. */

export interface NamedGpu {
  /** As Mesa calls its chip. */
  readonly family: string;
  readonly label: string;
  /** Instructions of one wave that all units together take up a second. */
  readonly wavesPerSecond: number;
  /** Threads of a wave. */
  readonly waveSize: number;
  readonly bytesPerSecond: number;
}

/** Compute units × units that issue an instruction in each clock × clocks a second. */
function issued(computeUnits: number, perUnit: number, gigahertz: number): number {
  return computeUnits * perUnit * gigahertz * 1e9;
}

export const gpus: readonly NamedGpu[] = [
  {
    family: "navi31",
    label: "Radeon RX 7900 XTX (RDNA 3)",
    wavesPerSecond: issued(96, 2, 2.5),
    waveSize: 32,
    bytesPerSecond: 960e9,
  },
  {
    family: "navi21",
    label: "Radeon RX 6800 XT (RDNA 2)",
    wavesPerSecond: issued(72, 2, 2.25),
    waveSize: 32,
    bytesPerSecond: 512e9,
  },
  {
    family: "vega10",
    label: "Radeon RX Vega 64 (GCN 5)",
    wavesPerSecond: issued(64, 1, 1.546), // four units, each of which takes four clocks for a wave of 64
    waveSize: 64,
    bytesPerSecond: 484e9,
  },
];
