import { watchThisProcess } from './watch';

watchThisProcess();
