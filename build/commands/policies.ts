/** `npm run policies`: makes everything in resources/policies anew, from the one list of policies. */
import { policyTemplatesFolder, writePolicyTemplates } from '../policy-templates.ts'

console.log(`${writePolicyTemplates()} files in ${policyTemplatesFolder}`)
