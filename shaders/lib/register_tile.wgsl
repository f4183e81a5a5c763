// The part of a product that a workgroup keeps in registers: it is one row of LANES threads and owns TM rows; a
// thread owns TN columns.
const LANES: u32 = 16u;
const TM: u32 = 8u; // 4, 8 or (where threads share rows of A) 16
const TN: u32 = 8u; // 4 or 8
