/**
 * Limits of the services a run passes through, and the margins kept below them.
 * Sizes are bytes unless the name says otherwise.
 */

/** A state's input or output. @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const STATE_PAYLOAD_MAX_BYTES = 262_144;

/** The run request, kept well below {@link STATE_PAYLOAD_MAX_BYTES} because states add to it. */
export const RUN_REQUEST_MAX_BYTES = 65_536;

/** One object of S3. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const LAYER_MAX_BYTES = 5 * 1024 ** 4;

/**
 * One object that a single PutObject stores or a single CopyObject copies.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html
 */
export const SINGLE_PUT_MAX_BYTES = 5 * 1024 ** 3;

/** Parts of one upload. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const UPLOAD_PARTS_MAX = 10_000;

/**
 * Layers of a bundle: a build's primary source and its secondary ones, of which CodeBuild takes 12 and the run's
 * input is one.
 * @see https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html
 */
export const BUNDLE_LAYERS_MAX = 12;

/** `invocation.json`: read whole by a handler and by the runner. */
export const INVOCATION_MAX_BYTES = 64 * 1024 ** 2;

/** `result.json`: read whole by a handler and by the client. */
export const RESULT_MAX_BYTES = 64 * 1024 ** 2;

/** All environment variables of one build together; CodeBuild fails near 5,500 characters. */
export const ENVIRONMENT_MAX_CHARACTERS = 5_000;

/** The buildspec rendered for a run, so that the request and it fit one state's payload together. */
export const BUILDSPEC_MAX_BYTES = 65_536;

/** Minutes a build may run. @see https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html */
export const BUILD_TIMEOUT_MINUTES = { min: 5, max: 2_160, default: 30 } as const;

/** Minutes a run may wait for a build to start, here and in CodeBuild together. */
export const QUEUED_TIMEOUT_MINUTES = { min: 5, max: 480, default: 480 } as const;

/** Minutes that CodeBuild is given to end a build after both its limits; all three are less than the machine's limit. */
export const BUILD_OVERDUE_MINUTES = 30;

/** How much of a failure's text is kept in the record and the event (item < 400 KB, event < 256 KB). */
export const FAILURE_MESSAGE_MAX_CHARACTERS = 4_096;
export const FAILURE_STACK_MAX_CHARACTERS = 16_384;

/** Exported variables kept in the record, all values together. */
export const EXPORTED_VARIABLES_MAX_CHARACTERS = 32_768;

/** Labels of one run. */
export const LABELS_MAX = 50;
export const LABEL_MAX_CHARACTERS = 256;

/** Days a bundle or a run's files are kept in the bucket, unless the construct says otherwise. */
export const OBJECT_EXPIRATION_DAYS = 30;

/** Days a run's record is kept, unless the construct says otherwise. */
export const RECORD_EXPIRATION_DAYS = 365;

/** Shortest and longest wait between two looks at a build, and the share of its age in between. */
export const POLL_WAIT = { minSeconds: 2, maxSeconds: 120, shareOfAge: 0.05 } as const;

/** Shortest and longest wait between two tries for a build, and the share of the time waited in between. */
export const CAPACITY_WAIT = { minSeconds: 15, maxSeconds: 120, shareOfAge: 0.05 } as const;

/**
 * An allow list's JSON: Lambda has 4 KB for all variables of a function, and the others need up to 500 bytes.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export const ALLOW_LIST_MAX_BYTES = 3_500;

/** A managed policy's document without whitespace. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const POLICY_MAX_CHARACTERS = 6_144;

/** Managed policies of one role in an account whose quota, 10 by default, was raised as far as it can be. */
export const ROLE_POLICIES_MAX = 25;
