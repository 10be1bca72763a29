namespace Prebake;
/// <summary>STUB.</summary>
public sealed class Headers : System.Collections.IEnumerable { internal int Count => 0; internal void Add(string n, string v){}  internal bool Contains(string n)=>false; internal string? this[string n]=>null; /// <summary>S</summary>
public IEnumerator<(string,string)> GetEnumerator()=>null!; System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator()=>null!; }
