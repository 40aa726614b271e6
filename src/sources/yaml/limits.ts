/** What an input may cost. Every limit ends in a diagnostic, never in a stalled or dead process. */
export const LIMITS = {
  /** Size of a file, in bytes. */
  fileBytes: 32 * 1024 * 1024,
  /** Documents in a file. */
  documents: 200_000,
  /** Nesting of lists and mappings. Definitions need about 8. */
  depth: 64,
  /** Alias nodes (`*name`) in a document. */
  aliases: 100,
  /** Values that the aliases of a document may add to it, once they are written out. */
  expandedValues: 20_000,
  /** Length of an annotation with definitions, in characters; Kubernetes allows 256 KiB for all annotations together. */
  annotationLength: 256 * 1024,
  /** Documents in an annotation. */
  annotationDocuments: 1_000,
} as const;
