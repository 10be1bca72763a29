// A REST service: typed parameters, JSON in and out, 201, 204 and 404, pages by query. Everything is kept in memory.
using Samples.Rest;

Serve.Run<TodoApi>(args);
