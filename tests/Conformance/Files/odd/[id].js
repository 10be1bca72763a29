name: [id].js
