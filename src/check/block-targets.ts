/** Programs that `vigia block` writes for: known to the command line without what it takes to write. */
export {
  TARGETS as BLOCK_TARGETS,
  type TargetId as BlockTarget,
} from '../floods/defence/outputs/target-ids.js';
