import type { CatalogueEntry } from './entry';

/** CS10: reading documents and decoding definitions. */
export const documentCodes = {
  CS1001: {
    title: 'file cannot be read',
    severity: 'error',
    explanation: 'A file or folder among the inputs could not be read, so what it defines is unknown.',
    fix: 'make the path exist and readable for the user that runs countersign',
  },
  CS1002: {
    title: 'file is not text',
    severity: 'error',
    explanation: 'Definitions are read as UTF-8. A file with other bytes, or with NUL, is refused as a whole.',
    fix: 'save the file as UTF-8',
  },
  CS1003: {
    title: 'file is too large',
    severity: 'error',
    explanation: 'Size and number of documents per file are limited, so that one file cannot stall the control plane.',
    fix: 'split the file',
  },
  CS1004: {
    title: 'syntax error',
    severity: 'error',
    explanation:
      'The document is not valid YAML 1.2 or JSON. It is not read at all; while serving, the last good version of its file stays.',
    fix: 'correct the syntax',
  },
  CS1005: {
    title: 'nested too deeply',
    severity: 'error',
    explanation:
      'The document nests lists and mappings deeper than any definition does, as documents made to exhaust a parser do.',
    fix: 'flatten the document',
  },
  CS1006: {
    title: 'aliases expand too far',
    severity: 'error',
    explanation:
      'The document uses YAML aliases that refer to themselves or multiply its size, as documents made to exhaust memory do.',
    fix: 'write the values out instead of using aliases',
  },
  CS1007: {
    title: 'duplicate key',
    severity: 'error',
    explanation: 'A key occurs twice in one mapping. YAML forbids it, and readers disagree on which value counts.',
    fix: 'remove one of the two',
  },
  CS1008: {
    title: 'merge key',
    severity: 'error',
    explanation:
      'Merge keys (`<<`) belong to YAML 1.1. YAML 1.2 takes them for an ordinary key, so the merged fields would be missing.',
    fix: 'write the merged fields out',
  },
  CS1010: {
    title: 'not a definition',
    severity: 'error',
    explanation: 'A definition is a mapping with apiVersion, kind and metadata.',
    fix: 'add apiVersion and kind, or move the document out of the input paths',
  },
  CS1011: {
    title: 'unsupported apiVersion',
    severity: 'error',
    explanation: 'Fields change their meaning between versions, so only the versions that are understood are read.',
    fix: 'use getambassador.io/v3alpha1',
  },
  CS1012: {
    title: 'unknown kind',
    severity: 'error',
    explanation: "The apiVersion is Ambassador's, but it has no such kind.",
    fix: 'correct the kind',
  },
  CS1013: {
    title: 'kind not supported yet',
    severity: 'error',
    explanation:
      'Ambassador has this kind and Countersign does not yet. It is named rather than ignored, since traffic would differ without it.',
    fix: 'remove the definition, or keep using Ambassador for it',
  },
  CS1014: {
    title: 'document ignored',
    severity: 'info',
    explanation: 'The document is none of the kinds that are read, and is passed over.',
    fix: 'nothing to do, unless it was meant to be read',
  },
  CS1015: {
    title: 'invalid metadata',
    severity: 'error',
    explanation:
      "Names, namespaces, labels and annotations follow Kubernetes' rules, so that a definition works the same from a file and from a cluster.",
    fix: 'correct the metadata',
  },
  CS1020: {
    title: 'unknown field',
    severity: 'error',
    explanation:
      'Ambassador drops unknown fields silently, so a misspelt field is a policy that is not there. Countersign refuses the definition.',
    fix: 'remove the field or correct its spelling',
  },
  CS1021: {
    title: 'field not supported yet',
    severity: 'error',
    explanation:
      'Ambassador documents this field or value and Countersign does not have it. It is an error where ignoring it would change who may talk to whom or where requests go, and a warning where it only tunes.',
    fix: 'remove the field',
  },
  CS1022: {
    title: 'missing field',
    severity: 'error',
    explanation: 'The definition means nothing without this field.',
    fix: 'add the field',
  },
  CS1023: {
    title: 'wrong type',
    severity: 'error',
    explanation: 'The value has another type than the field, for example text in quotes where a number belongs.',
    fix: 'write a value of the right type',
  },
  CS1024: {
    title: 'invalid value',
    severity: 'error',
    explanation: 'The value has the right type but is not one that the field allows.',
    fix: 'write a value that the field allows',
  },
  CS1025: {
    title: 'invalid base64',
    severity: 'error',
    explanation: 'Values under `data` of a Secret are base64. Kubernetes would refuse the Secret.',
    fix: 'encode the value with `base64 -w0`, or move it to stringData as it is',
  },
  CS1026: {
    title: 'duplicate definition',
    severity: 'error',
    explanation:
      'Two definitions have the same kind, namespace and name. The first one counts; Ambassador lets the last one win, depending on file order.',
    fix: 'rename or remove one of them',
  },
  CS1027: {
    title: 'private key outside a Secret',
    severity: 'error',
    explanation:
      'A field of a definition holds a private key. Definitions are printed, logged and sent to Envoys as they are; only Secrets are kept from all that. The field counts as wrong, and what it holds is repeated nowhere.',
    fix: 'move the key into a Secret and name that Secret; replace the key, since whoever may read definitions has seen it',
  },
  CS1028: {
    title: 'field without effect',
    severity: 'warning',
    explanation:
      'Ambassador accepts this field and does nothing with it, and so does Countersign. Whoever wrote it may believe otherwise.',
    fix: 'remove the field',
  },
  CS1030: {
    title: 'Ingress not read',
    severity: 'info',
    explanation:
      'An Ingress is read if it has the annotation `kubernetes.io/ingress.class: ambassador`, or names an IngressClass with the controller `getambassador.io/ingress-controller`; every other one belongs to another controller. A warning where the class is Ambassador’s by its name but not among the definitions, or belongs to another node group.',
    fix: 'nothing to do, unless it was meant to be read: then supply its IngressClass',
  },
  CS1031: {
    title: 'deprecated Ingress class',
    severity: 'info',
    explanation:
      'The annotation is read, as in Ambassador. Kubernetes has replaced it by `spec.ingressClassName` and the IngressClass that it names.',
    fix: 'define an IngressClass with the controller getambassador.io/ingress-controller, and name it in spec.ingressClassName',
  },
  CS1032: {
    title: 'annotation not read here',
    severity: 'warning',
    explanation:
      'Ambassador reads definitions from the annotation `getambassador.io/config` of Services and Ingresses, and passes it over on everything else.',
    fix: 'write the definitions as documents of their own',
  },
  CS1033: {
    title: 'foreign definition in the annotation',
    severity: 'error',
    explanation:
      'The annotation `getambassador.io/config` holds definitions of Ambassador only; a Secret in it would not be guarded as one.',
    fix: 'write it as a document of its own',
  },
  CS1034: {
    title: 'definitions not selected',
    severity: 'info',
    explanation:
      'The operator restricts what is read: to a namespace (`--single-namespace`, `--certs-single-namespace`), by labels or by fields. This says how much is left out.',
    fix: 'nothing to do, unless they were meant to be read: then change the restriction',
  },
  CS1035: {
    title: 'Host of an Ingress gives way',
    severity: 'info',
    explanation:
      'An Ingress has a certificate for a name that a Host of its own serves. The Host counts: it says more than an Ingress can. The paths of the Ingress are served there, if the Host takes them.',
    fix: 'nothing to do, unless the certificate of the Ingress was meant: then remove the Host, or the name from the Ingress',
  },
  CS1036: {
    title: 'nothing to read',
    severity: 'warning',
    explanation:
      'The files, folders and streams that are to be read hold no definition at all: with `--fail-on warning`, a wrong folder does not pass for a sound one. An error where standard input is empty to the last byte, as it is if the command before the pipe fails.',
    fix: 'name the files or folders that hold the definitions; in folders, only *.yaml, *.yml and *.json are read',
  },
  CS1037: {
    title: 'fault of Countersign',
    severity: 'error',
    explanation:
      'Countersign failed over this definition, which is a bug of its own. Only this definition is out of service, or its last good version stays; everything else goes on.',
    fix: 'report it, with the definition if you may, and write it differently until then',
    unprovoked: true,
  },
} as const satisfies Record<string, CatalogueEntry>;
