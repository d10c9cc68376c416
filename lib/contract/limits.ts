/**
 * Limits of the services that a run uses, and the margins kept below them.
 * Sizes are bytes unless the name says otherwise.
 */

/** Largest input or output of a state. @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const STATE_PAYLOAD_MAX_BYTES = 262_144;

/** Largest run request. States add to it, therefore it is well below {@link STATE_PAYLOAD_MAX_BYTES}. */
export const RUN_REQUEST_MAX_BYTES = 65_536;

/**
 * Largest layer: 5 TiB, which S3 stores as one object in every partition. S3 has stored up to 50 TB since December
 * 2025. The lower limit is kept, because not every region is known to have the higher one.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
 */
export const LAYER_MAX_BYTES = 5 * 1024 ** 4;

/**
 * Largest object that one PutObject stores or one CopyObject copies.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html
 */
export const SINGLE_PUT_MAX_BYTES = 5 * 1024 ** 3;

/**
 * Largest number of parts of one multipart upload.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
 */
export const UPLOAD_PARTS_MAX = 10_000;

/**
 * Largest number of layers of a bundle. A build has 1 primary source and up to 12 secondary sources, one of which is
 * the run's input.
 * @see https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html
 */
export const BUNDLE_LAYERS_MAX = 12;

/**
 * Largest number of values in an `invocation.json` or a `result.json`. Each array, object, text, number, `true`,
 * `false`, `null` and name of a property counts as one. A value takes up to 80 bytes of memory in the process that
 * parses the JSON, however short its text is.
 */
export const JSON_VALUES_MAX = 4_000_000;

/** Largest `invocation.json`. The runner parses it; handlers only check its text. */
export const INVOCATION_MAX_BYTES = 64 * 1024 ** 2;

/**
 * Largest JSON text of an invocation without its arguments, and of a request without its invocation. The limit allows
 * for escapes, which can make a text six times as long.
 */
export const INVOCATION_HEAD_MAX_BYTES = 1024 ** 2;

/** Largest `result.json`. The client parses it; a handler only checks its text. */
export const RESULT_MAX_BYTES = 64 * 1024 ** 2;

/**
 * Largest number of inputs of a map: items of a Distributed Map.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const MAP_INPUTS_MAX = 100_000_000;

/**
 * Largest input of a map as a line of JSON, in which quotes inside a text take two bytes. Step Functions passes it to a
 * child execution as input, with 4,096 bytes of the map's own. All inputs together have at most {@link
 * SINGLE_PUT_MAX_BYTES}.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const MAP_INPUT_LINE_MAX_BYTES = STATE_PAYLOAD_MAX_BYTES - 4_096;

/**
 * Number of runs of a map at the same time. Step Functions allows 10,000 child executions. CodeBuild allows fewer
 * builds at the same time, in new accounts as few as one of some types. Further runs wait for capacity.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
export const MAP_CONCURRENCY = { min: 1, max: 10_000, default: 10 } as const;

/**
 * Largest invocation in the input of an execution, in place of `input`. The states of the execution pass it on,
 * therefore it is well below {@link STATE_PAYLOAD_MAX_BYTES}.
 */
export const INLINE_INVOCATION_MAX_BYTES = 65_536;

/**
 * Most characters of the names and values of all environment variables of a build together. CodeBuild fails near 5,500.
 */
export const ENVIRONMENT_MAX_CHARACTERS = 5_000;

/** Largest buildspec of a run. The request and the buildspec together fit one state's payload. */
export const BUILDSPEC_MAX_BYTES = 65_536;

/** Minutes that a build may run. @see https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html */
export const BUILD_TIMEOUT_MINUTES = { min: 5, max: 2_160, default: 30 } as const;

/** Minutes that a run may wait for its build to start, in the state machine and in CodeBuild's queue together. */
export const QUEUED_TIMEOUT_MINUTES = { min: 5, max: 480, default: 480 } as const;

/**
 * Minutes that a build may exceed the sum of its queue timeout and build timeout before the run fails. All three
 * together are below the timeout of the execution.
 */
export const BUILD_OVERDUE_MINUTES = 30;

/**
 * Characters kept of a failure's message. They keep a record's item below 400 KB and an event below 256 KB. EventBridge
 * has accepted 1 MB since January 2026, but its documentation for China still says 256 KB, and targets of rules may
 * accept no more.
 * @see https://docs.amazonaws.cn/en_us/eventbridge/latest/userguide/eb-putevent-size.html
 */
export const FAILURE_MESSAGE_MAX_CHARACTERS = 4_096;
/** Characters kept of the stacks of a failure, all causes together. */
export const FAILURE_STACK_MAX_CHARACTERS = 16_384;
/** Maximum number of lines of source code that an error shows, and of characters in each. */
export const SOURCE_EXCERPT_MAX = { lines: 5, lineCharacters: 200 } as const;

/** Characters kept of the exported variables in the record, all values together. */
export const EXPORTED_VARIABLES_MAX_CHARACTERS = 32_768;

/** Largest number of labels of a run. */
export const LABELS_MAX = 50;
/** Longest name and longest value of a label. */
export const LABEL_MAX_CHARACTERS = 256;

/** Longest target in a record. A longer one is truncated. */
export const RUN_TARGET_MAX_CHARACTERS = 500;

/** Longest name of a run. */
export const RUN_NAME_MAX_CHARACTERS = 128;

/** Default number of days that the bucket keeps bundles and the files of runs. */
export const OBJECT_EXPIRATION_DAYS = 30;
/** Age in days at which the caches of builds are deleted, unless a seedkit sets another. */
export const CACHE_EXPIRATION_DAYS = 7;

/** Default number of days that a run's record is kept. */
export const RECORD_EXPIRATION_DAYS = 365;

/**
 * Interval between two checks of a build if no event of CodeBuild ends the wait: a share of the build's age, at least
 * `minSeconds` and at most `maxSeconds`.
 */
export const POLL_INTERVAL = { minSeconds: 15, maxSeconds: 1_800, shareOfAge: 0.25 } as const;

/** Minutes after the start of a build in which CodeBuild may not find it yet. */
export const BUILD_UNFINDABLE_MINUTES = 10;

/**
 * Time between two requests for a build: a share of the time waited so far, at least `minSeconds` and at most
 * `maxSeconds`.
 */
export const CAPACITY_WAIT = { minSeconds: 15, maxSeconds: 120, shareOfAge: 0.05 } as const;

/**
 * Largest JSON of an allow list. Lambda allows 4 KB for all variables of a function; the other variables need up to 500
 * bytes.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export const ALLOW_LIST_MAX_BYTES = 3_500;

/**
 * Largest document of a managed policy, without whitespace.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const POLICY_MAX_CHARACTERS = 6_144;

/** Largest number of managed policies of a role. The account's quota is 10 by default and can be raised to this. */
export const ROLE_POLICIES_MAX = 25;
