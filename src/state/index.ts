export { type StoredCertificate, readContents, writeContents } from './contents';
export { enclose, FRESH_BYTES, open } from './envelope';
export { contentsOf, type Form, type Memory } from './memory';
export { type Restored, restore } from './restore';
