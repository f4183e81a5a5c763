import type { DType, NDArray } from "../array.ts";
import type { Epilogue, EpilogueParts } from "../epilogue.ts";

export interface GemmSize {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batches: number;
}

/** How far neighbours along one dimension lie apart; `outer` for the outer one of two dimensions counted as one. */
export interface Stride {
  readonly step: number;
  readonly outer?: number;
}

/** How a matrix (or a batch of them) lies in an array. Strides in elements. */
export interface Layout {
  /** From one row (of A) or column (of B) to the next. */
  readonly across: Stride;
  readonly k: Stride;
  /** Along each of the four batch dimensions; 0 where repeated. */
  readonly batch: readonly number[];
  /** Where the first matrix starts. */
  readonly first?: number;
}

export interface Operand extends Layout {
  readonly array: NDArray;
}

/** Where the elements of the result go. */
export interface Placement {
  readonly row: Stride;
  readonly column: Stride;
  readonly batch: readonly number[];
  readonly first?: number;
}

export interface ProductEpilogue extends Epilogue {
  /** Whether the bias has one value per column (default) or one per row; rows must then be whole stretches of the result. */
  readonly biasAlong?: "columns" | "rows";
  /** From the bias of one matrix to that of the next. Default 0: all have the same. */
  readonly biasBatch?: number;
}

/** The product of m × k and k × n matrices for every batch (BLAS calls it GEMM). */
export interface Gemm extends GemmSize {
  readonly a: Operand;
  readonly b: Operand;
  /** Where the result's elements go. Default: row-major matrices, one after the other. */
  readonly out?: Placement;
  /** Rows, columns or steps of K that count two dimensions: the size of the inner one. */
  readonly inner?: { readonly m?: number; readonly n?: number; readonly k?: number };
  /** Four dimensions whose product is `batches`. Default [1, 1, 1, batches]. */
  readonly batchDims?: readonly number[];
  readonly epilogue?: ProductEpilogue;
  /** Of the result. Default: that of a. */
  readonly dtype?: DType;
}

/** What everything of a product that comes in whole vec4s allows. */
export interface Fours {
  /** Reading and writing in vec4s. */
  readonly plain: boolean;
  /** The same with the operands exchanged and the result written transposed. */
  readonly swapped: boolean;
  /** Taking four steps of K at a time. */
  readonly steps: boolean;
}

/** A product as variants are asked about it. */
export interface Product extends GemmSize {
  readonly fours: Fours;
  readonly epilogue: EpilogueParts;
  /** How operands and result lie in memory, in words. */
  readonly layout: string;
}
