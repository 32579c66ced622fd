/**
 * What a device's troubles are told as.
 *
 * @module
 */

/** Something about a sound device that the user should know and that ends nothing. */
export interface DeviceNotice {
  /** `info` where all is well, or well again. */
  readonly level: 'info' | 'warning';
  /** As in device-error.ts, or what happened instead: `device-back`, for one. */
  readonly code: string;
  /** One whole sentence. */
  readonly message: string;
}
