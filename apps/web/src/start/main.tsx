import '../look/base.css'
import './start.css'
import { createRoot } from 'react-dom/client'
import { Start } from './start.tsx'

createRoot(document.getElementById('root')!).render(<Start />)
