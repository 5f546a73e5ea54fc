/** What of a workspace's file does not travel to another machine. What a file that arrives may bring is for the gate to say, whoever made it. */

/**
 * SQL that takes out of a copy what belongs to this machine: folders and marks of files, kept contexts, what is typed and not sent, answers and tests that are still under way,
 * vectors that are being gathered or dropped, readings that are under way, and what was removed or replaced and is not swept away yet. The full-text indexes keep words of what is gone
 * until they are made compact. It is data, since the copy is made in a process that knows no tables.
 */
export const tidyForTravel = `
  UPDATE documents SET folder_id = NULL, stamp = NULL WHERE folder_id IS NOT NULL OR stamp IS NOT NULL;
  DELETE FROM left_out_files;
  DELETE FROM watched_folders;
  DELETE FROM kept_states;
  DELETE FROM drafts;
  DELETE FROM question_run_begun;
  UPDATE ingest_state SET paused = 0;
  UPDATE messages SET state = 'interrupted' WHERE state = 'writing';
  UPDATE compared_answers SET state = 'interrupted' WHERE state = 'writing';

  CREATE TEMP TABLE gone AS
    SELECT number, stage <> 'emptying' AS wholly FROM contents WHERE stage IN ('leaving', 'incoming', 'emptying') OR replaces IS NOT NULL;
  DELETE FROM content_parts WHERE content_number IN (SELECT number FROM gone WHERE wholly);
  DELETE FROM recognised_pages WHERE content_number IN (SELECT number FROM gone);
  DELETE FROM blocks WHERE content_number IN (SELECT number FROM gone);
  UPDATE indexed_texts SET passages = passages - (
      SELECT count(*) FROM indexed_passages i WHERE i.text_number = indexed_texts.number AND i.content_number IN (SELECT number FROM gone)
    ) WHERE number IN (SELECT text_number FROM indexed_passages WHERE content_number IN (SELECT number FROM gone));
  DELETE FROM indexed_passages WHERE content_number IN (SELECT number FROM gone);
  DELETE FROM passages WHERE content_number IN (SELECT number FROM gone);
  DELETE FROM contents WHERE number IN (SELECT number FROM gone WHERE wholly);
  UPDATE contents SET stage = 'bytes' WHERE stage = 'emptying';
  DROP TABLE gone;

  CREATE TEMP TABLE spare AS SELECT number FROM indexed_texts WHERE passages = 0;
  DELETE FROM vectors WHERE number IN (SELECT s.number * 4294967296 + t.number FROM vector_sets s JOIN spare t);
  DELETE FROM vector_signs WHERE number IN (SELECT s.number * 4294967296 + t.number FROM vector_sets s JOIN spare t);
  DELETE FROM text_words WHERE rowid IN (SELECT number FROM spare);
  DELETE FROM indexed_texts WHERE number IN (SELECT number FROM spare);
  DROP TABLE spare;

  DELETE FROM vectors WHERE number / 4294967296 NOT IN (SELECT number FROM vector_sets WHERE serving = 1 AND dropped = 0);
  DELETE FROM vector_signs WHERE number / 4294967296 NOT IN (SELECT number FROM vector_sets WHERE serving = 1 AND dropped = 0);
  DELETE FROM vector_sets WHERE serving = 0 OR dropped = 1;

  INSERT INTO text_words (text_words) VALUES ('optimize');
  INSERT INTO message_words (message_words) VALUES ('optimize');
  INSERT INTO title_words (title_words) VALUES ('optimize');
`
