/** Which of the models that are here an adapter stands on. Its shape must fit; its name should. */
import { basename } from 'node:path'
import { AppError } from '../../../../contract/errors.ts'
import { isNameOf, misfitOf, readBaseShape, type AdapterHeader } from '../gguf/adapter-header.ts'
import type { ModelRecord } from './model-records.ts'

/**
 * The model that an adapter stands on: the named one, else one that fits and is called as the adapter says.
 * @throws AppError adapter_no_base {baseName, reason}, adapter_other_base {baseName, baseId, name}
 */
export async function chooseBase(
  header: AdapterHeader,
  records: readonly ModelRecord[],
  pathOf: (fileName: string) => string,
  wishedId?: string,
): Promise<ModelRecord> {
  const { baseName } = header
  const fitting: ModelRecord[] = []
  let reason: string | null = null
  for (const record of records) {
    if (record.base_id !== null || record.purpose !== 'chat' || (wishedId !== undefined && record.id !== wishedId)) continue
    const shape = await readBaseShape(pathOf(record.file_name)).catch(() => null)
    const misfit = shape && misfitOf(header, shape)
    if (shape && !misfit) fitting.push(record)
    // A model of the same family says more about what is wrong than one of another.
    else if (misfit && reason !== 'tensor_shape' && reason !== 'tensor_missing') reason = misfit.reason
  }
  const [first] = fitting
  if (!first) throw new AppError('adapter_no_base', 'No model here fits this adapter', { baseName, reason })
  const called = fitting.find(
    (record) => baseName !== null && [record.name, basename(record.file_name)].some((name) => isNameOf(baseName, name)),
  )
  if (called ?? wishedId !== undefined) return called ?? first
  throw new AppError('adapter_other_base', 'It fits on a model of another name', {
    baseName,
    baseId: first.id,
    name: first.name,
  })
}
