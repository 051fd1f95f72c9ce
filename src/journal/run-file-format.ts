/** The format of run.json; a reader refuses another. */
export const RUN_FILE_FORMAT = 1;
