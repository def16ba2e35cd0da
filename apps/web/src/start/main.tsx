import '../look/base.css'
import './start.css'
import { createRoot } from 'react-dom/client'
import { rootElement } from '../look/root-element.ts'
import { Start } from './start.tsx'

createRoot(rootElement()).render(<Start />)
